/**
 * A room is cut into pieces, single ways break in one direction, tabs crash, leave and come, and mostly the relay is
 * dead meanwhile. When the wire is whole again everyone finds everyone, through each other if need be; when the relay is
 * back too, also those who had nobody left.
 */
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import { SimRoom } from '../sim-room.ts'
import type { SimTab } from '../sim-tab.ts'
import type { World } from '../world.ts'

export const partitionAndHeal: Scenario = { name: 'partition-and-heal', area: 'room', run }

const HEAL_MS = 240_000

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const { random } = world
  const room = new SimRoom(world, brain)
  const count = size === 'small' ? random.between(5, 9) : random.between(12, 24)
  for (let n = 0; n < count; n++) room.addTab(n === 0 ? room.founder : undefined).open()
  const isTogether = world.runUntilDone(() => room.isWhole(), 60_000)
  world.must(isTogether, () => `at the start not connected: ${room.gaps()}`)
  world.runUntil(world.nowMs + 3_000)

  room.dialFailurePercent = 10
  const healMs: number[] = []
  const rounds = size === 'small' ? 2 : 5
  for (let round = 0; round < rounds; round++) {
    room.relay.die()
    changeRoles(room)
    breakThings(room, random.between(10_000, 40_000))
    room.wire.heal()
    healMs.push(healThroughTabs(room))
    comingAndGoing(room)
    room.relay.comeBack()
    const isWhole = world.runUntilDone(() => room.isWhole(), HEAL_MS)
    world.must(isWhole, () => `with the relay back not connected: ${room.gaps()}`)
    world.runUntil(world.nowMs + 3_000)
    room.checkMembership()
  }
  return { nodes: room.tabs.size, figures: { maxHealMs: Math.max(...healMs) } }
}

/** Some connections are broken in one direction, others by a cut through the room that leaves nobody alone. */
function breakThings(room: SimRoom, forMs: number): void {
  const { world } = room
  const { random } = world
  const tabs = random.shuffled(room.living())
  if (random.chance(0.6)) {
    // One tab that everybody still reaches stands between the halves, or nobody does.
    const bridges = random.between(0, 1)
    const [one, other] = [tabs.filter((_, n) => n >= bridges && n % 2 === 0), tabs.filter((_, n) => n >= bridges && n % 2 === 1)]
    room.wire.partition([one.map(({ id }) => id), other.map(({ id }) => id)])
  } else {
    for (let n = 0; n < tabs.length; n++) {
      const [from, to] = [random.pick(tabs), random.pick(tabs)]
      if (from !== to) room.wire.block(from.id, to.id)
    }
  }
  world.runUntil(world.nowMs + forMs)
}

/**
 * Without the relay a pair can meet only through a tab that both can reach and that carries for the one that is sought.
 * So what must be whole is each piece that the remaining connections make.
 */
function healThroughTabs(room: SimRoom): number {
  const { world } = room
  const startedMs = world.nowMs
  const pieces = piecesOf(room.living())
  const isWhole = () => pieces.every((piece) => piece.every((one) => piece.every((other) => one === other || one.isConnectedTo(other.id))))
  const healed = world.runUntilDone(isWhole, HEAL_MS)
  world.must(healed, () => `through tabs alone not connected: ${room.gaps()} in ${pieces.map(({ length }) => length).join(' and ')}`)
  return world.nowMs - startedMs
}

function piecesOf(tabs: readonly SimTab[]): SimTab[][] {
  const left = new Set(tabs)
  const pieces: SimTab[][] = []
  for (const start of tabs) {
    if (!left.delete(start)) continue
    const piece = [start]
    for (const one of piece) {
      for (const other of left) {
        if (!one.isConnectedTo(other.id) || !other.isConnectedTo(one.id)) continue
        left.delete(other)
        piece.push(other)
      }
    }
    pieces.push(piece)
  }
  return pieces
}

/** While the relay is dead one leaves and one crashes; a new one waits at the door. */
function comingAndGoing(room: SimRoom): void {
  const { random } = room.world
  const others = random.shuffled(room.living().filter(({ device }) => device !== room.founder))
  others[0]?.leave()
  others[1]?.crash()
  room.addTab().open()
  room.addTab(others[1]?.device, others[1]?.membership).open()
}

/** Concurrent on purpose: one promotes, the promoted one acts, another is demoted elsewhere. */
function changeRoles(room: SimRoom): void {
  const { random } = room.world
  const living = random.shuffled(room.living())
  for (const tab of living.slice(0, 3)) {
    const subject = random.pick(living).device
    tab.setRole(subject, random.pick(['moderator', 'member', 'guest'] as const))
  }
  const owner = living.find(({ device }) => device === room.founder)
  owner?.setRole(random.pick(living).device, random.pick(['moderator', 'guest'] as const))
}
