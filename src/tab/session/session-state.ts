/** The session as the screen shows it, from the acts that count and who is in the call. Reads, decides nothing that lasts. */
import type { Control } from '../../core/session/fold-control.ts'
import { isGoverning, type Roles } from '../../core/session/say.ts'
import { placeOf, wordSince } from '../../core/session/where.ts'
import { shareOf, whisperOf } from '../../core/session/who-hears.ts'
import { byBeginning } from '../../core/watch/show.ts'
import type { Capture, Poll, SessionParticipant, SessionState, Welcome } from '../../ports/session.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import type { PresenceRecord } from '../../protocol/room-state.ts'

export type SessionSources = {
  readonly me: DeviceId
  readonly presence: ReadonlyMap<TabId, PresenceRecord>
  readonly control: Control
  readonly roles: Roles
  readonly nameOf: (device: DeviceId) => string
  /** The last request that was answered. */
  readonly answered: number
  readonly nowMs: number
}

export function describeSession(sources: SessionSources): SessionState {
  const { me, presence, control, roles, answered } = sources
  const participants = participantsOf(sources)
  const self = { device: me, sinceMs: sinceOf(presence, me) }
  const asked = control.asked.get(me)
  const isIn = participants.some(({ isMe }) => isMe)
  return {
    mayModerate: isGoverning(roles.get(me)),
    participants,
    lobby: control.door?.lobby ?? false,
    locked: control.door?.locked ?? false,
    spotlight: control.spotlight,
    layout: control.layout(me)?.layout ?? undefined,
    layoutTurn: control.layout(me)?.sequence ?? 0,
    subRooms: control.rooms?.rooms ?? [],
    peopleMove: control.rooms?.peopleMove ?? false,
    subRoom: control.placed(me).room,
    whisperTo: whisperOf(self, control),
    sharesWith: shareOf(self, control),
    polls: control.polls.map((poll) => describePoll(poll, control, me)),
    welcome: describeWelcome(control.welcome),
    watch: watchOf(participants, sources),
    asked: isIn && asked !== undefined && asked.sequence > answered ? asked.what : undefined,
  }
}

/** When the call of a device began; of several tabs, of the first. */
function sinceOf(presence: ReadonlyMap<TabId, PresenceRecord>, device: DeviceId): number {
  const calls = [...presence.values()].flatMap((record) => (record.device === device && record.call !== null ? [record.call.sinceMs] : []))
  return calls.length === 0 ? 0 : Math.min(...calls)
}

function isInCall(presence: ReadonlyMap<TabId, PresenceRecord>, device: DeviceId): boolean {
  return [...presence.values()].some((one) => one.device === device && one.call !== null)
}

/** This device first, the others by name. */
function participantsOf(sources: SessionSources): readonly SessionParticipant[] {
  const tabs = new Map<DeviceId, TabId[]>()
  for (const { tab, device, call } of sources.presence.values()) if (call !== null) tabs.set(device, [...(tabs.get(device) ?? []), tab])
  return [...tabs]
    .map(([device, of]) => participantOf(device, of, sources))
    .sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.name.localeCompare(b.name) || (a.device < b.device ? -1 : 1))
}

function participantOf(
  device: DeviceId,
  tabs: readonly TabId[],
  { me, presence, control, roles, nameOf }: SessionSources,
): SessionParticipant {
  const sinceMs = sinceOf(presence, device)
  return {
    device,
    tabs,
    name: nameOf(device),
    role: roles.get(device) ?? 'member',
    isMe: device === me,
    place: placeOf(device, control, roles),
    hushed: control.hushed(device),
    handAtMs: handOf(device, presence, control),
    reaction: wordSince(control.reactions, device, sinceMs)?.value,
    capture: wordSince(control.captures, device, sinceMs)?.value ?? NO_CAPTURE,
    confides: {
      voice: whisperOf({ device, sinceMs }, control) !== undefined,
      screen: shareOf({ device, sinceMs }, control) !== undefined,
    },
    companion: control.companions.get(device),
    isSecond: isSecond(device, presence, control, roles),
    subRoom: control.placed(device).room,
  }
}

/** Up until the person lowers it on either device, or the one it was raised on leaves the call. */
function handOf(device: DeviceId, presence: SessionSources['presence'], { hands }: Control): number | undefined {
  const hand = hands.get(device)
  if (hand?.value !== true || !isInCall(presence, hand.by)) return undefined
  return wordSince(hands, device, sinceOf(presence, hand.by))?.atMs
}

/** Only beside the one it stands under: a device that stays behind alone is the person. */
function isSecond(device: DeviceId, presence: SessionSources['presence'], control: Control, roles: Roles): boolean {
  const main = control.seconds.get(device)
  return main !== undefined && isInCall(presence, main) && placeOf(main, control, roles) === 'in'
}

export const NO_CAPTURE: Capture = { recording: false, streaming: false }

/** What is shown in a sub-room is on there, as what is shared there is. */
function watchOf(participants: readonly SessionParticipant[], { presence, control, nowMs }: SessionSources): SessionState['watch'] {
  const me = participants.find(({ isMe }) => isMe)
  const shows = participants.flatMap(({ device, place, subRoom }) => {
    const show = wordSince(control.watches, device, sinceOf(presence, device))?.value
    return show === undefined || place !== 'in' || subRoom !== me?.subRoom ? [] : [{ ...show, by: device }]
  })
  return shows.sort(byBeginning(nowMs))[0]
}

/** Of a poll with one choice the first counts of each vote. */
function describePoll(poll: Control['polls'][number], { votes }: Control, me: DeviceId): Poll {
  const cast = votes.get(poll.name)
  const chosen = (options: readonly number[]) => [...new Set(poll.choices === 'one' ? options.slice(0, 1) : options)]
  const counts = [...(cast?.values() ?? [])].flatMap(chosen)
  return {
    id: poll.name,
    by: poll.by,
    question: poll.question,
    options: poll.options.map((text, at) => ({ text, votes: poll.counts?.[at] ?? counts.filter((one) => one === at).length })),
    choices: poll.choices,
    isOpen: poll.isOpen,
    mine: chosen(cast?.get(me) ?? []).filter((at) => at < poll.options.length),
  }
}

function describeWelcome(welcome: Control['welcome']): Welcome | undefined {
  return welcome === undefined ? undefined : { ...welcome, file: welcome.file ?? undefined }
}
