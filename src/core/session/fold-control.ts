/**
 * From a set of acts to what holds in the meeting. It depends on the set, the roles and the time alone: every tab that has
 * the same acts keeps to the same, in whatever order they came. About each thing the newest act counts of those who have
 * the say now.
 */
import { OWN_KINDS, pollNameOf, type SayingOf, type SignedAct } from '../../protocol/control.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { ACTS_LAPSE_MS, ASK_MS, REACTION_MS } from '../../protocol/limits.ts'
import { type Acts, hasLapsed, isNewer, type KnownAct } from './acts.ts'
import { hasSay, isGoverning, type Roles } from './say.ts'

export type Hushed = { readonly microphone: boolean; readonly camera: boolean; readonly screen: boolean }
export type OwnWord<T> = { readonly value: T; readonly atMs: number }
export type OpenedPoll = Omit<SayingOf<'polls'>['polls'][number], 'counts'> & {
  readonly name: string
  readonly by: DeviceId
  /** What it came to, once it is closed; undefined: votes are counted. */
  readonly counts: readonly number[] | undefined
}

export type Control = {
  readonly door: SayingOf<'door'> | undefined
  readonly entries: ReadonlyMap<DeviceId, boolean>
  readonly hushed: (device: DeviceId) => Hushed
  readonly spotlight: readonly DeviceId[]
  /** What was pushed to a device last, and by which act. */
  readonly layout: (device: DeviceId) => { readonly layout: SayingOf<'layout'>['layout']; readonly sequence: number } | undefined
  readonly rooms: SayingOf<'rooms'> | undefined
  /** The sub-room a person was placed in, and the act that a move of their own has to follow. */
  readonly placed: (device: DeviceId) => { readonly room: string | undefined; readonly sequence: number }
  readonly welcome: NonNullable<SayingOf<'welcome'>['welcome']> | undefined
  readonly asked: ReadonlyMap<DeviceId, { readonly what: 'mute' | 'unmute'; readonly sequence: number }>
  /** `by`: of two devices of a person the one that said it last, for both. */
  readonly hands: ReadonlyMap<DeviceId, OwnWord<boolean> & { readonly by: DeviceId }>
  readonly reactions: ReadonlyMap<DeviceId, OwnWord<string>>
  readonly shares: ReadonlyMap<DeviceId, OwnWord<readonly DeviceId[] | undefined>>
  readonly whispers: ReadonlyMap<DeviceId, OwnWord<DeviceId | undefined>>
  readonly polls: readonly OpenedPoll[]
  /** What each chose, by the name of the poll. */
  readonly votes: ReadonlyMap<string, ReadonlyMap<DeviceId, readonly number[]>>
  /** What each shows to all, without those that a moderator ended. */
  readonly watches: ReadonlyMap<DeviceId, OwnWord<NonNullable<SayingOf<'watch'>['watch']>>>
  readonly captures: ReadonlyMap<DeviceId, OwnWord<{ readonly recording: boolean; readonly streaming: boolean }>>
  /** Both ways, only where both said so. */
  readonly companions: ReadonlyMap<DeviceId, DeviceId>
  /** From each second device to the one that stands for its person. */
  readonly seconds: ReadonlyMap<DeviceId, DeviceId>
  /** When the first of these acts lapses; undefined: there are none. */
  readonly nextLapseMs: number | undefined
}

export function foldControl(acts: Acts, roles: Roles, nowMs: number): Control {
  const counting = [...acts.values()].filter((act) => counts(act, roles, nowMs))
  const said = newestOf(counting)
  const own = <T extends Own>(t: T) => ownWords(said, t)
  const rooms = said.get('rooms ')
  const roomsSaid = sayingOf(rooms, 'rooms')
  // Of one who is named twice the first counts.
  const places = new Map(roomsSaid?.places.toReversed())
  const pairs = own('companion')
  const companions = mutual(pairs)
  const seconds = secondsOf(companions, pairs)
  return {
    door: sayingOf(said.get('door '), 'door'),
    entries: new Map(bySubject(said, 'entry').map(([device, { admitted }]) => [device, admitted])),
    hushed: (device) => hushedOf(said, roles, device, companions.get(device)),
    spotlight: sayingOf(said.get('spotlight '), 'spotlight')?.devices ?? [],
    layout: (device) => pushedTo(said, device),
    rooms: roomsSaid,
    // Whoever brings a second device brings it along.
    placed: (device) => placedOf(said, roomsSaid, places, seconds.get(device) ?? device),
    welcome: sayingOf(said.get('welcome '), 'welcome')?.welcome ?? undefined,
    asked: new Map(bySubject(said, 'ask').map(([device, { what }, { sequence }]) => [device, { what, sequence }])),
    hands: handsOf(said, companions),
    reactions: new Map(own('reaction').map(([device, { reaction }, atMs]) => [device, { value: reaction, atMs }])),
    shares: new Map(own('share').map(([device, { devices }, atMs]) => [device, { value: devices ?? undefined, atMs }])),
    whispers: new Map(own('whisper').map(([device, { to }, atMs]) => [device, { value: to ?? undefined, atMs }])),
    polls: own('polls').flatMap(([by, { polls }]) => polls.map((poll) => openedPoll(said, by, poll))),
    votes: countedVotes(own('votes')),
    watches: new Map(
      own('watch').flatMap(([device, { watch }, atMs]) =>
        watch === null || said.has(`watch-ended ${watch.id}`) ? [] : [[device, { value: watch, atMs }] as const],
      ),
    ),
    captures: new Map(
      own('capture').map(([device, { recording, streaming }, atMs]) => [device, { value: { recording, streaming }, atMs }]),
    ),
    companions,
    seconds,
    nextLapseMs: counting.length === 0 ? undefined : Math.min(...counting.map(lapsesAtMs)),
  }
}

/**
 * Above all that it is to overrule: of governing acts those that count, so that nobody without say can push numbers up; of
 * what one says of oneself the own one before, and of a hand also what the person's other device said.
 */
export function nextSequence(acts: Acts, { kind, by }: Pick<SignedAct, 'kind' | 'by'>, roles: Roles, nowMs: number): number {
  const isOwn = OWN_KINDS.has(kind)
  const other = kind === 'hand' ? companionsIn(acts, roles, nowMs).get(by) : undefined
  const overruled = [...acts.values()].filter(({ signed }) =>
    isOwn
      ? signed.kind === kind && (signed.by === by || signed.by === other)
      : !OWN_KINDS.has(signed.kind) && !hasLapsed(signed, nowMs) && hasSay(signed, roles),
  )
  return overruled.reduce((highest, { signed }) => Math.max(highest, signed.sequence), 0) + 1
}

type Said = ReadonlyMap<string, KnownAct>
type Own = 'hand' | 'reaction' | 'share' | 'whisper' | 'move' | 'polls' | 'votes' | 'watch' | 'capture' | 'companion'

type HushKind = 'hush-microphone' | 'hush-camera' | 'hush-screen'

function counts({ signed, says, heardAtMs }: KnownAct, roles: Roles, nowMs: number): boolean {
  if (says === undefined || hasLapsed(signed, nowMs) || !hasSay(signed, roles)) return false
  if (says.t === 'reaction') return nowMs - heardAtMs < REACTION_MS
  return says.t !== 'ask' || nowMs - heardAtMs < ASK_MS
}

function lapsesAtMs({ signed, says, heardAtMs }: KnownAct): number {
  if (says?.t === 'reaction') return heardAtMs + REACTION_MS
  return says?.t === 'ask' ? heardAtMs + ASK_MS : signed.atMs + ACTS_LAPSE_MS
}

/** By kind and subject, by kind and writer for what people say of themselves. */
function newestOf(acts: readonly KnownAct[]): Said {
  const said = new Map<string, KnownAct>()
  for (const act of acts) {
    const { kind, subject, by } = act.signed
    const key = `${kind} ${OWN_KINDS.has(kind) ? by : subject}`
    said.set(key, newer(said.get(key), act) as KnownAct)
  }
  return said
}

function newer(one: KnownAct | undefined, other: KnownAct | undefined): KnownAct | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return isNewer(other.signed, one.signed) ? other : one
}

function sayingOf<T extends NonNullable<KnownAct['says']>['t']>(act: KnownAct | undefined, t: T): SayingOf<T> | undefined {
  return act?.says?.t === t ? (act.says as SayingOf<T>) : undefined
}

function ownWords<T extends Own>(said: Said, t: T): readonly (readonly [DeviceId, SayingOf<T>, number])[] {
  return [...said.values()].flatMap((act) => {
    const saying = sayingOf(act, t)
    return saying === undefined ? [] : [[act.signed.by, saying, act.signed.atMs] as const]
  })
}

function bySubject<T extends 'entry' | 'ask'>(said: Said, t: T): readonly (readonly [DeviceId, SayingOf<T>, SignedAct])[] {
  return [...said.values()].flatMap((act) => {
    const saying = sayingOf(act, t)
    return saying === undefined ? [] : [[act.signed.subject as DeviceId, saying, act.signed] as const]
  })
}

/**
 * Of what was said of all and of this one the newer counts; owner and moderators are not among all. What was said of one device of a
 * person holds for both.
 */
function hushedOf(said: Said, roles: Roles, device: DeviceId, companion: DeviceId | undefined): Hushed {
  const hushOf = (kind: HushKind, one: DeviceId) =>
    newer(isGoverning(roles.get(one)) ? undefined : said.get(`${kind} all`), said.get(`${kind} ${one}`))
  const isOn = (kind: HushKind) => {
    const others = companion && hushOf(kind, companion)
    const spread = others?.signed.subject === companion ? sayingOf(others, kind)?.on : false
    return spread === true || (sayingOf(hushOf(kind, device), kind)?.on ?? false)
  }
  return { microphone: isOn('hush-microphone'), camera: isOn('hush-camera'), screen: isOn('hush-screen') }
}

function pushedTo(said: Said, device: DeviceId): ReturnType<Control['layout']> {
  const act = newer(said.get('layout all'), said.get(`layout ${device}`))
  const saying = sayingOf(act, 'layout')
  return act === undefined || saying === undefined ? undefined : { layout: saying.layout, sequence: act.signed.sequence }
}

/** Where a moderator placed somebody, unless the list of rooms is newer and has a place; then their own move since, where people may. */
function placedOf(
  said: Said,
  rooms: SayingOf<'rooms'> | undefined,
  places: ReadonlyMap<DeviceId, string>,
  device: DeviceId,
): { readonly room: string | undefined; readonly sequence: number } {
  const last = newer(said.get('rooms '), said.get(`place ${device}`))
  const sequence = last?.signed.sequence ?? 0
  const move = sayingOf(said.get(`move ${device}`), 'move')
  const placed = sayingOf(last, 'place')?.to ?? (last?.says?.t === 'rooms' ? places.get(device) : undefined)
  const wanted = rooms?.peopleMove === true && move?.after === sequence ? move.to : placed
  return { room: rooms?.rooms.some(({ id }) => id === wanted) ? (wanted ?? undefined) : undefined, sequence }
}

function openedPoll(said: Said, by: DeviceId, poll: SayingOf<'polls'>['polls'][number]): OpenedPoll {
  const name = pollNameOf(by, poll.id)
  const closed = sayingOf(said.get(`poll-closed ${name}`), 'poll-closed')
  const counts = poll.isOpen ? closed?.counts : poll.counts
  return { ...poll, name, by, isOpen: poll.isOpen && closed === undefined, counts }
}

function countedVotes(
  words: readonly (readonly [DeviceId, SayingOf<'votes'>, number])[],
): ReadonlyMap<string, ReadonlyMap<DeviceId, readonly number[]>> {
  const votes = new Map<string, Map<DeviceId, readonly number[]>>()
  for (const [device, said] of words) {
    for (const { poll, options } of said.votes) votes.set(poll, (votes.get(poll) ?? new Map()).set(device, options))
  }
  return votes
}

/** A person has one hand: of what the two devices say of it the newer counts for both, so it is put down last. */
function handsOf(said: Said, companions: Control['companions']): Control['hands'] {
  const acts = [...said.values()].filter(({ says }) => says?.t === 'hand').sort((a, b) => (isNewer(a.signed, b.signed) ? 1 : -1))
  return new Map(
    acts.flatMap((act) => {
      const { by, atMs } = act.signed
      const word = { value: sayingOf(act, 'hand')?.raised === true, atMs, by }
      const other = companions.get(by)
      return [by, ...(other === undefined ? [] : [other])].map((device) => [device, word] as const)
    }),
  )
}

function companionsIn(acts: Acts, roles: Roles, nowMs: number): Control['companions'] {
  return mutual(ownWords(newestOf([...acts.values()].filter((act) => counts(act, roles, nowMs))), 'companion'))
}

function mutual(words: readonly (readonly [DeviceId, SayingOf<'companion'>, number])[]): ReadonlyMap<DeviceId, DeviceId> {
  const named = new Map(words.flatMap(([by, said]) => (said.with === null ? [] : [[by, said.with] as const])))
  return new Map([...named].filter(([by, other]) => by !== other && named.get(other) === by))
}

/** Exactly one of two is the second, also while they say alike: what they change comes in two acts. */
function secondsOf(
  companions: ReadonlyMap<DeviceId, DeviceId>,
  words: readonly (readonly [DeviceId, SayingOf<'companion'>, number])[],
): ReadonlyMap<DeviceId, DeviceId> {
  const saysSecond = new Map(words.map(([by, said]) => [by, said.isSecond]))
  const isSecond = (device: DeviceId, other: DeviceId) =>
    saysSecond.get(device) === saysSecond.get(other) ? device > other : saysSecond.get(device) === true
  return new Map([...companions].filter(([device, other]) => isSecond(device, other)))
}
