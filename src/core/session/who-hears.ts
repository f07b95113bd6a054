/**
 * Who gets what of whom in a meeting, for keys, carriers and screens alike. Within a sub-room everybody gets everything; from
 * the main room sub-rooms get small pictures, and nothing comes back. A whisper is heard by one alone, a screen may be
 * for some. Who waits or was removed gets nothing and is not seen; what is hushed goes nowhere.
 */
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { KEY_KINDS, type KeyKind, LAYERS_OF, type Layer } from '../../protocol/media.ts'
import type { Control, Hushed } from './fold-control.ts'
import type { Roles } from './say.ts'
import { placeOf, wordSince } from './where.ts'

const ALL_LAYERS = KEY_KINDS.flatMap((kind) => LAYERS_OF[kind])

export type Audience = {
  readonly tabs: readonly TabId[]
  /** What this tab's person does that has this audience. When it changes, what follows is for others and never for those before. */
  readonly scope: string
}

export type Passage = {
  /** False: this tab waits or was removed, and takes no part. */
  readonly isIn: boolean
  /** The others who take part, in whichever room. */
  readonly present: readonly TabId[]
  /** Those who are sent nothing at all. */
  readonly barred: readonly TabId[]
  /** Who is to have the key of what this tab sends. */
  readonly audience: Readonly<Record<KeyKind, Audience>>
  /** What this tab may take of each who is present. */
  readonly takes: ReadonlyMap<TabId, ReadonlySet<Layer>>
  /** What nobody sends, passes on or plays; of this tab too. */
  readonly silenced: ReadonlyMap<TabId, readonly Layer[]>
  /** What this tab's own person may not send. */
  readonly hushed: Hushed
}

export type Caller = { readonly tab: TabId; readonly device: DeviceId; readonly sinceMs: number }

/** `self.sinceMs`, `others`: of those in the call. */
export function whoHears(self: Caller, others: readonly Caller[], control: Control, roles: Roles): Passage {
  const isIn = placeOf(self.device, control, roles) === 'in'
  const present = isIn ? others.filter(({ device }) => placeOf(device, control, roles) === 'in') : []
  const barred = others.filter((other) => !present.includes(other))
  const reaches = (from: Caller, to: Caller, kind: KeyKind) => mayHear(from, to, kind, control)
  const audience = (kind: KeyKind): Audience => ({
    tabs: present.filter((other) => reaches(self, other, kind)).map(({ tab }) => tab),
    scope: scopeOf(self, kind, control),
  })
  const layersFrom = (other: Caller) => {
    const silenced = new Set(hushedLayers(control.hushed(other.device)))
    const heard = KEY_KINDS.filter((kind) => reaches(other, self, kind)).flatMap((kind) => LAYERS_OF[kind])
    return new Set(heard.filter((layer) => !silenced.has(layer)))
  }
  return {
    isIn,
    present: present.map(({ tab }) => tab),
    barred: barred.map(({ tab }) => tab),
    audience: { thumb: audience('thumb'), main: audience('main'), audio: audience('audio'), screen: audience('screen') },
    takes: new Map(present.map((other) => [other.tab, layersFrom(other)])),
    silenced: new Map(
      [self, ...others].map((one) => [one.tab, isIn && !barred.includes(one) ? hushedLayers(control.hushed(one.device)) : ALL_LAYERS]),
    ),
    hushed: control.hushed(self.device),
  }
}

function mayHear(from: Caller, to: Caller, kind: KeyKind, control: Control): boolean {
  if (kind === 'audio') {
    // Two devices of one person stand in one room, and would hear each other twice.
    if (control.companions.get(from.device) === to.device) return false
    const whisper = whisperOf(from, control)
    if (whisper !== undefined) return whisper === to.device
  }
  const [fromRoom, toRoom] = [control.placed(from.device).room, control.placed(to.device).room]
  if (fromRoom !== toRoom) return kind === 'thumb' && fromRoom === undefined
  const isAmong = (devices: readonly DeviceId[]) =>
    devices.includes(to.device) || devices.some((one) => one === control.seconds.get(to.device))
  const shown = kind === 'screen' ? shareOf(from, control) : undefined
  return shown === undefined || isAmong(shown)
}

/** Hand, share and whisper of a call that is over are none. */
export function whisperOf({ device, sinceMs }: Omit<Caller, 'tab'>, control: Control): DeviceId | undefined {
  return wordSince(control.whispers, device, sinceMs)?.value
}

export function shareOf({ device, sinceMs }: Omit<Caller, 'tab'>, control: Control): readonly DeviceId[] | undefined {
  return wordSince(control.shares, device, sinceMs)?.value
}

function scopeOf(self: Caller, kind: KeyKind, control: Control): string {
  const room = control.placed(self.device).room ?? null
  const narrowed = kind === 'audio' ? whisperOf(self, control) : kind === 'screen' ? shareOf(self, control)?.toSorted() : undefined
  return JSON.stringify([room, narrowed ?? null])
}

function hushedLayers({ microphone, camera, screen }: Hushed): readonly Layer[] {
  return [
    ...(microphone ? LAYERS_OF.audio : []),
    ...(camera ? [...LAYERS_OF.thumb, ...LAYERS_OF.main] : []),
    ...(screen ? LAYERS_OF.screen : []),
  ]
}
