/**
 * Who reads what somebody in a call writes: as in speech those in the same sub-room, or the one whispered to. Who sends keeps
 * to it, and so does who gets it: words from somebody who may not say them here are not there.
 */
import type { Aside } from '../../protocol/aside.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { Control } from './fold-control.ts'
import type { Roles } from './say.ts'
import { placeOf } from './where.ts'
import { type Caller, whisperOf } from './who-hears.ts'

/** A tab in the call, the others in it, and what was decided. */
export type Standing = {
  readonly self: Caller
  readonly others: readonly Caller[]
  readonly control: Control
  readonly roles: Roles
}

/** Whom one writes to when nothing else is said; undefined: the whole room. */
export function asideOf({ self, control, roles }: Standing): Aside | undefined {
  if (placeOf(self.device, control, roles) !== 'in') return undefined
  const to = whisperOf(self, control)
  if (to !== undefined) return { kind: 'whisper', to }
  const { room } = control.placed(self.device)
  return room === undefined ? undefined : { kind: 'sub-room', id: room }
}

/** Both devices of a person read what is for the person, and what the person writes. */
export function mayRead(from: Caller, to: Caller, aside: Aside, { control, roles }: Pick<Standing, 'control' | 'roles'>): boolean {
  if ([from, to].some(({ device }) => placeOf(device, control, roles) !== 'in')) return false
  if (aside.kind === 'sub-room') return [from, to].every(({ device }) => control.placed(device).room === aside.id)
  const isOf = (person: DeviceId) => to.device === person || control.companions.get(to.device) === person
  return whisperOf(from, control) === aside.to && (isOf(aside.to) || isOf(from.device))
}

export function readersOf(standing: Standing, aside: Aside): readonly Caller[] {
  return standing.others.filter((other) => mayRead(standing.self, other, aside, standing))
}
