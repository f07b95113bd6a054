/**
 * A stranger without the room secret, with a true device key and ears on every hello so far, talks to members in every
 * way it can think of: replays, reflects, mixes, cuts off, oversizes, and stands between two members. Everything
 * arrives as bytes through the real door. No member ever takes it in, tells it anything, or throws.
 */
import type { HelloEffect } from '../../../src/core/room/hello.ts'
import { logInOrder, type MembershipState } from '../../../src/core/room/membership.ts'
import type { Bytes } from '../../../src/protocol/bytes.ts'
import { encodeFrame, parseFrame } from '../../../src/protocol/frame.ts'
import { type HelloMessage, helloMessage, proofClaim, tabClaim } from '../../../src/protocol/hello.ts'
import type { DeviceId, TabId } from '../../../src/protocol/ids.ts'
import { CONTROL_FRAME_BYTES } from '../../../src/protocol/limits.ts'
import type { MembershipEntry } from '../../../src/protocol/membership.ts'
import { WIRE, type WireRange } from '../../../src/protocol/wire-version.ts'
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import { type HelloSetting, SimHello } from '../sim-hello.ts'
import { DeviceKeys, makeTabId, RoomKeys } from '../sim-keys.ts'
import { SimLog } from '../sim-log.ts'
import type { World } from '../world.ts'

export const helloHostile: Scenario = { name: 'hello-hostile', area: 'room', run }

type Setting = HelloSetting & { readonly world: World; readonly founder: DeviceId }

/** A member at one end of a connection; what it writes lands in `outbox` as bytes. */
class Member {
  readonly log: SimLog
  readonly outbox: Bytes[] = []
  readonly ends: HelloEffect[] = []
  readonly hello: SimHello
  readonly #setting: Setting

  constructor(setting: Setting, who: { tab: TabId; device: DeviceId; peer: TabId; membership: MembershipState; wire?: WireRange }) {
    this.#setting = setting
    this.log = new SimLog(setting, who.membership)
    this.hello = new SimHello(setting, {
      ...who,
      send: (message) => this.outbox.push(encodeFrame(message)),
      entries: () => logInOrder(this.log.state),
      take: (entries) => this.log.take(entries),
      ended: (end) => this.ends.push(end),
    })
    this.hello.handle({ kind: 'started' })
  }

  get isDone(): boolean {
    return this.ends.some(({ kind }) => kind === 'done')
  }

  hear(frame: Bytes): void {
    const { world } = this.#setting
    world.events++
    const parsed = parseFrame(frame, helloMessage)
    world.trace.add(`${this.hello.state.phase} ${parsed.kind === 'ok' ? parsed.message.t : parsed.reason}`)
    if (parsed.kind === 'ok') this.hello.handle({ kind: 'message-received', message: parsed.message })
    else this.hello.handle({ kind: 'frame-refused', reason: parsed.reason })
  }
}

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const { random } = world
  const devices = new DeviceKeys()
  const setting: Setting = { world, brain, random, keys: new RoomKeys(random), devices, founder: devices.make(random) }
  const log = foundRoom(setting)
  const attacks = size === 'small' ? 200 : 5_000
  const recorded: Bytes[] = []
  for (let n = 0; n < attacks && world.violations.length === 0; n++) {
    recorded.push(...honestHello(setting, log))
    recorded.splice(0, recorded.length - 60)
    random.pick([improvise, standBetween, meetOtherWire, bringForgedEntries])(setting, log, recorded)
  }
  return { nodes: 2, figures: { attacks } }
}

function foundRoom(setting: Setting): MembershipState {
  const log = new SimLog(setting)
  log.join(setting.founder, 1)
  return log.state
}

function pairOf(setting: Setting, membership: MembershipState, wire?: WireRange): [Member, Member] {
  const { random } = setting.world
  const [a, b] = [makeTabId(random), makeTabId(random)]
  const make = (tab: TabId, peer: TabId, of?: typeof wire) =>
    new Member(setting, { tab, peer, device: setting.devices.make(random), membership, ...(of && { wire: of }) })
  return [make(a, b), make(b, a, wire)]
}

/** Two members talk until neither has anything more to say. Returns everything that was said. */
function talk(one: Member, other: Member, change: (frame: Bytes) => Bytes = (frame) => frame): Bytes[] {
  const said: Bytes[] = []
  const heard = [0, 0]
  for (let isTalking = true; isTalking; ) {
    isTalking = false
    for (const [n, from, to] of [
      [0, one, other],
      [1, other, one],
    ] as const) {
      const frame = from.outbox[heard[n] as number]
      if (frame === undefined) continue
      heard[n] = (heard[n] as number) + 1
      isTalking = true
      said.push(frame)
      to.hear(change(frame))
    }
  }
  return said
}

/** What must go well all the while, and what the stranger learns from. */
function honestHello(setting: Setting, log: MembershipState): Bytes[] {
  const [one, other] = pairOf(setting, log)
  const said = talk(one, other)
  setting.world.must(one.isDone && other.isDone, () => 'two members did not get through their hello')
  return said
}

/** Says anything at all, in any order, to a member that knows it as the tab it is. */
function improvise(setting: Setting, log: MembershipState, recorded: readonly Bytes[]): void {
  const { world, devices } = setting
  const { random } = world
  const stranger = { tab: makeTabId(random), device: devices.make(random), nonce: random.bytes(16) }
  const victim = new Member(setting, { tab: makeTabId(random), device: devices.make(random), peer: stranger.tab, membership: log })
  for (let n = random.between(1, 8); n > 0; n--)
    victim.hear(random.chance(0.25) ? twist(setting, random.pick(recorded)) : invent(setting, victim, stranger, recorded))
  mustKeepOut(world, victim, 'a stranger')
}

function invent(
  { world, keys, devices }: Setting,
  victim: Member,
  stranger: { tab: TabId; device: DeviceId; nonce: Bytes },
  recorded: readonly Bytes[],
): Bytes {
  const { random } = world
  const certificate = devices.sign(stranger.device, tabClaim({ room: keys.id, tab: stranger.tab, device: stranger.device }))
  const hello: HelloMessage = { t: 'hello', room: keys.id, wire: WIRE, device: stranger.device, certificate, nonce: stranger.nonce }
  const guess = new RoomKeys(random)
  const claim = proofClaim(keys.id, stranger, victim.hello.state.self)
  return random.pick([
    () => encodeFrame(hello),
    () => encodeFrame(hello),
    () => encodeFrame({ t: 'proof', mac: guess.prove(claim) }),
    () => encodeFrame({ t: 'proof', mac: random.bytes(32) }),
    () => random.pick(victim.outbox),
    () => random.pick(recorded),
    () => encodeFrame({ t: 'entries', entries: [], last: true }),
    () => new Uint8Array(CONTROL_FRAME_BYTES + 1),
    () => encodeFrame({ t: 'hello?', room: keys.id }),
    () => random.bytes(random.below(64)),
    () =>
      encodeFrame({
        ...hello,
        device: victim.hello.state.self.device,
        certificate: victim.hello.state.self.certificate,
        nonce: victim.hello.state.self.nonce,
      }),
  ])()
}

/** A byte changed, a piece lost, a piece doubled. */
function twist({ world }: Setting, frame: Bytes): Bytes {
  const { random } = world
  const at = random.below(frame.byteLength)
  const twisted = new Uint8Array(frame)
  if (random.chance(0.3)) return twisted.slice(0, at)
  twisted[at] = random.below(256)
  return twisted
}

/** Passes every word between two members, as if it were each one's peer. It is on both connections, so its own tab is known. */
function standBetween(setting: Setting, log: MembershipState): void {
  const { world, devices } = setting
  const { random } = world
  const middle = makeTabId(random)
  const make = () => new Member(setting, { tab: makeTabId(random), device: devices.make(random), peer: middle, membership: log })
  const [one, other] = [make(), make()]
  talk(one, other)
  mustKeepOut(world, one, 'someone in the middle')
  mustKeepOut(world, other, 'someone in the middle')
}

/** A member of a version that nobody here speaks: both are told, each what concerns it. */
function meetOtherWire(setting: Setting, log: MembershipState): void {
  const [one, other] = pairOf(setting, log, { min: WIRE.max + 1, max: WIRE.max + 2 })
  talk(one, other)
  const reasonOf = ({ ends }: Member) => ends.flatMap((end) => (end.kind === 'refused' ? [end.reason] : []))[0]
  setting.world.must(reasonOf(one) === 'wire-newer', () => `the older tab is told ${reasonOf(one)}`)
  setting.world.must(reasonOf(other) === 'wire-older', () => `the newer tab is told ${reasonOf(other)}`)
}

/** A member, with the secret and all, hands over entries that others are said to have written. */
function bringForgedEntries(setting: Setting, log: MembershipState): void {
  const { world, devices, keys, founder } = setting
  const { random } = world
  const liar = devices.make(random)
  const unsigned = { room: keys.id, by: founder, after: [], atMs: 5 }
  const forged: MembershipEntry[] = [
    { t: 'join', ...unsigned, by: devices.make(random), signature: random.bytes(64), roomSignature: random.bytes(64) },
    { t: 'role', ...unsigned, subject: liar, role: 'owner', signature: random.bytes(64) },
    { ...devices.signEntry(keys, { t: 'genesis', ...unsigned, by: liar }) },
  ]
  const [one, other] = pairOf(setting, log)
  const before = other.log.state.members.size
  const swap = (frame: Bytes): Bytes => {
    const parsed = parseFrame(frame, helloMessage)
    return parsed.kind === 'ok' && parsed.message.t === 'entries' ? encodeFrame({ ...parsed.message, entries: forged }) : frame
  }
  talk(one, other, swap)
  world.must(other.log.state.members.size === before, () => 'forged entries made a member')
  world.must(other.log.state.owner === founder, () => 'forged entries made another the owner')
}

function mustKeepOut(world: World, member: Member, who: string): void {
  world.must(!member.isDone, () => `${who} came in`)
  const told = member.outbox.flatMap((frame) => {
    const parsed = parseFrame(frame, helloMessage)
    return parsed.kind === 'ok' && parsed.message.t === 'entries' ? [parsed.message] : []
  })
  world.must(told.length === 0, () => `${who} was told who belongs to the room`)
}
