/**
 * The session of a room in this tab: the log of acts, what follows from it now, and what this device adds to it. It follows
 * the roles, who is in the call, and the time: acts lapse.
 */
import { type Control, foldControl } from '../../core/session/fold-control.ts'
import { hasSay, type Roles } from '../../core/session/say.ts'
import { type Passage, whoHears } from '../../core/session/who-hears.ts'
import type { Standing } from '../../core/session/who-reads.ts'
import type { Links } from '../../ports/link.ts'
import type { CallSession } from '../../ports/meeting.ts'
import type { Presence } from '../../ports/room-state.ts'
import type { Capture, Hushed, SessionState, SharedLayout, SubRoom, Welcome } from '../../ports/session.ts'
import { type Bytes, toBase64Url } from '../../protocol/bytes.ts'
import { pollNameOf, REACTIONS, type Saying, type Show } from '../../protocol/control.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { POLL_OPTION_CHARS, POLL_OPTIONS, POLL_TEXT_CHARS, POLLS_PER_PERSON, SPOTLIGHTS, VOTES_PER_PERSON } from '../../protocol/limits.ts'
import type { Role } from '../../protocol/membership.ts'
import { ActLog, type ActLogParts, type Draft } from './act-log.ts'
import { callersOf } from './callers.ts'
import { countsOf, ownPolls } from './own-polls.ts'
import { describeSession, NO_CAPTURE } from './session-state.ts'

export type SessionParts = Omit<ActLogParts, 'roles'> & {
  readonly presence: Presence
  readonly members: () => ReadonlyMap<DeviceId, { readonly role: Role }>
  readonly nameOf: (device: DeviceId) => string
  readonly random: (bytes: number) => Bytes
  /** Each calls back when roles or names changed. */
  readonly watch: readonly ((listener: () => void) => () => void)[]
  readonly signal: AbortSignal
}

export async function openSession(parts: SessionParts): Promise<RoomSession> {
  const session = new RoomSession(parts)
  await session.log.load()
  session.refresh()
  return session
}

/** Timers take no more; an act lapses again later. */
const LONGEST_WAIT_MS = 60 * 60_000

export class RoomSession implements CallSession {
  state: SessionState
  readonly log: ActLog
  readonly #parts: SessionParts
  readonly #listeners = new Set<() => void>()
  #roles: Roles = new Map()
  #members: ReturnType<SessionParts['members']> | undefined
  #control: Control
  #answered = 0
  /** The state as text: presence changes often, and the state with it seldom. */
  #said: string
  #waiting: (() => void) | undefined

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.log = new ActLog({ ...parts, roles: () => this.#rolesNow() }, () => this.refresh())
    this.#control = foldControl(this.log.acts, this.#rolesNow(), parts.clock.nowMs())
    this.state = this.#describe()
    this.#said = JSON.stringify(this.state)
    const stops = [parts.presence.subscribe(() => this.#show()), ...parts.watch.map((watch) => watch(() => this.refresh()))]
    parts.signal.addEventListener('abort', () => {
      for (const stop of stops) stop()
      this.#waiting?.()
    })
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Acts, roles or the time changed. */
  refresh(): void {
    const { clock, signal } = this.#parts
    const nowMs = clock.nowMs()
    this.#control = foldControl(this.log.acts, this.#rolesNow(), nowMs)
    this.#waiting?.()
    const { nextLapseMs } = this.#control
    if (nextLapseMs === undefined || signal.aborted) this.#waiting = undefined
    else this.#waiting = clock.after(Math.min(LONGEST_WAIT_MS, nextLapseMs - nowMs + 1), () => this.refresh())
    this.#show()
  }

  passage(links: Links): Passage {
    const { self, others } = callersOf(this.#parts.presence, links)
    return whoHears(self, others, this.#control, this.#rolesNow())
  }

  /** Undefined while this tab is not in the call. */
  standing(links: Links): Standing | undefined {
    const { isInCall, self, others } = callersOf(this.#parts.presence, links)
    return isInCall ? { self, others, control: this.#control, roles: this.#rolesNow() } : undefined
  }

  raiseHand(raised: boolean): Promise<void> {
    return this.#say({ t: 'hand', raised })
  }

  async react(text: string): Promise<void> {
    const reaction = REACTIONS.find((one) => one === text)
    if (reaction === undefined) throw new RoomError('frame-malformed', 'reaction')
    await this.#say({ t: 'reaction', reaction })
  }

  shareWith(devices: readonly DeviceId[] | undefined): Promise<void> {
    return this.#say({ t: 'share', devices: devices === undefined ? null : [...devices] })
  }

  whisper(to: DeviceId | undefined): Promise<void> {
    return this.#say({ t: 'whisper', to: to ?? null })
  }

  async moveTo(subRoom: string | undefined): Promise<void> {
    const me = this.#parts.device.id
    if (this.state.mayModerate) return this.place([me], subRoom)
    if (!this.state.peopleMove) throw new RoomError('role-refused')
    await this.log.write(() => [{ says: { t: 'move', to: subRoom ?? null, after: this.#control.placed(me).sequence } }])
  }

  async openPoll(question: string, options: readonly string[], choices: 'one' | 'many'): Promise<string> {
    if (options.length < 2 || options.length > POLL_OPTIONS) throw new RoomError('frame-malformed', 'poll')
    const id = toBase64Url(this.#parts.random(8))
    const texts = options.map((text) => text.slice(0, POLL_OPTION_CHARS))
    const poll = { id, question: question.slice(0, POLL_TEXT_CHARS), options: texts, choices, isOpen: true }
    await this.log.write(() => [{ says: { t: 'polls', polls: [...this.#ownPolls(), poll].slice(-POLLS_PER_PERSON) } }])
    return pollNameOf(this.#parts.device.id, id)
  }

  async vote(name: string, options: readonly number[]): Promise<void> {
    const me = this.#parts.device.id
    const poll = this.#control.polls.find((one) => one.name === name)
    if (poll?.isOpen !== true) throw new RoomError('role-refused', 'poll')
    if (options.some((at) => poll.options[at] === undefined)) throw new RoomError('frame-malformed', 'vote')
    await this.log.write(() => {
      const before = [...this.#control.votes].flatMap(([poll, votes]) => {
        const mine = votes.get(me)
        return mine === undefined || poll === name ? [] : [{ poll, options: [...mine] }]
      })
      return [{ says: { t: 'votes', votes: [...before, { poll: name, options: [...options] }].slice(-VOTES_PER_PERSON) } }]
    })
  }

  async closePoll(name: string): Promise<void> {
    const poll = this.#control.polls.find((one) => one.name === name)
    const kept = countsOf(this.state.polls, name)
    if (poll?.by !== this.#parts.device.id) return this.#govern([{ says: { t: 'poll-closed', ...kept }, subject: name }])
    await this.log.write(() => [
      { says: { t: 'polls', polls: this.#ownPolls().map((one) => (one.id === poll.id ? { ...one, isOpen: false, ...kept } : one)) } },
    ])
  }

  tellWatch(show: Show | undefined): Promise<void> {
    return this.#say({ t: 'watch', watch: show ?? null })
  }

  tellCapture(change: Partial<Capture>): Promise<void> {
    // What counts now, read when it is written: a recording and a door may be begun at once.
    return this.log.write(() => {
      const before = this.state.participants.find(({ isMe }) => isMe)?.capture ?? NO_CAPTURE
      return [{ says: { t: 'capture', ...before, ...change } }]
    })
  }

  pairWith(device: DeviceId | undefined, isSecond = false): Promise<void> {
    return this.#say({ t: 'companion', with: device ?? null, isSecond })
  }

  endWatch(show: string): Promise<void> {
    return this.#govern([{ says: { t: 'watch-ended' }, subject: show }])
  }

  setLobby(lobby: boolean): Promise<void> {
    return this.#setDoor({ lobby, locked: this.state.locked })
  }

  setLocked(locked: boolean): Promise<void> {
    return this.#setDoor({ lobby: this.state.lobby, locked })
  }

  admit(devices: readonly DeviceId[]): Promise<void> {
    return this.#govern(devices.map((subject) => ({ says: { t: 'entry', admitted: true }, subject })))
  }

  remove(device: DeviceId): Promise<void> {
    return this.#govern([{ says: { t: 'entry', admitted: false }, subject: device }])
  }

  askToMute(subject: DeviceId): Promise<void> {
    return this.#govern([{ says: { t: 'ask', what: 'mute' }, subject }])
  }

  askToUnmute(subject: DeviceId): Promise<void> {
    return this.#govern([{ says: { t: 'ask', what: 'unmute' }, subject }])
  }

  hush(whom: DeviceId | 'all', { microphone, camera, screen }: Partial<Hushed>): Promise<void> {
    const hushes = [
      ['hush-microphone', microphone],
      ['hush-camera', camera],
      ['hush-screen', screen],
    ] as const
    return this.#govern(hushes.flatMap(([t, on]) => (on === undefined ? [] : [{ says: { t, on }, subject: whom }])))
  }

  spotlight(devices: readonly DeviceId[]): Promise<void> {
    return this.#govern([{ says: { t: 'spotlight', devices: devices.slice(0, SPOTLIGHTS) } }])
  }

  pushLayout(layout: SharedLayout | undefined, whom: readonly DeviceId[] | 'all'): Promise<void> {
    const says: Saying = { t: 'layout', layout: layout ?? null }
    return this.#govern((whom === 'all' ? [whom] : whom).map((subject) => ({ says, subject })))
  }

  /** Who is in a room that stays, stays there. */
  setSubRooms(rooms: readonly SubRoom[], { peopleMove }: { readonly peopleMove: boolean }): Promise<void> {
    const places = [...this.#rolesNow().keys()].flatMap((device): [DeviceId, string][] => {
      const { room } = this.#control.placed(device)
      return rooms.some(({ id }) => id === room) ? [[device, room as string]] : []
    })
    return this.#govern([{ says: { t: 'rooms', rooms: [...rooms], peopleMove, places } }])
  }

  place(devices: readonly DeviceId[], subRoom: string | undefined): Promise<void> {
    return this.#govern(devices.map((subject) => ({ says: { t: 'place', to: subRoom ?? null }, subject })))
  }

  setWelcome(welcome: Welcome | undefined): Promise<void> {
    const says = welcome === undefined ? null : { ...welcome, agenda: [...welcome.agenda], file: welcome.file ?? null }
    return this.#govern([{ says: { t: 'welcome', welcome: says } }])
  }

  #say(says: Saying): Promise<void> {
    return this.log.write(() => [{ says }])
  }

  async #govern(drafts: readonly Draft[]): Promise<void> {
    const by = this.#parts.device.id
    const isAllowed = ({ says, subject = '' }: Draft) => hasSay({ kind: says.t, subject, by }, this.#rolesNow())
    if (!drafts.every(isAllowed)) throw new RoomError('role-refused')
    await this.log.write(() => drafts)
  }

  #setDoor(door: { readonly lobby: boolean; readonly locked: boolean }): Promise<void> {
    const inside = this.state.participants.filter(({ place }) => place === 'in').map(({ device }) => device)
    return this.#govern([{ says: { t: 'door', ...door, inside } }])
  }

  #ownPolls() {
    return ownPolls(this.#control.polls, this.#parts.device.id)
  }

  #rolesNow(): Roles {
    const members = this.#parts.members()
    if (members !== this.#members) {
      this.#members = members
      this.#roles = new Map([...members].map(([device, { role }]) => [device, role]))
    }
    return this.#roles
  }

  /** Who listens is told of everybody in the call; the state stays the same object while nothing of it changed. */
  #show(): void {
    this.#noteAnswer()
    const next = this.#describe()
    const said = JSON.stringify(next)
    if (said !== this.#said) this.state = next
    this.#said = said
    for (const listener of [...this.#listeners]) listener()
  }

  /** A microphone that is as it was asked to be is an answer. */
  #noteAnswer(): void {
    const { presence, device } = this.#parts
    const asked = this.#control.asked.get(device.id)
    const call = presence.all().get(presence.self.tab)?.call ?? undefined
    if (asked !== undefined && call !== undefined && call.microphone === (asked.what === 'unmute')) this.#answered = asked.sequence
  }

  #describe(): SessionState {
    const { presence, device, nameOf, clock } = this.#parts
    return describeSession({
      me: device.id,
      presence: presence.all(),
      control: this.#control,
      roles: this.#rolesNow(),
      nameOf,
      answered: this.#answered,
      nowMs: clock.nowMs(),
    })
  }
}
