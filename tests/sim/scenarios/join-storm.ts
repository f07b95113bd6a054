/** Everybody opens the link within a second. All pairs are connected soon, and nobody dialed more than need be. */
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import { SimRoom } from '../sim-room.ts'
import type { World } from '../world.ts'

export const joinStorm: Scenario = { name: 'join-storm', area: 'room', run }

/** One dial per pair, and a few that crossed: the other side waited in vain while many dials were under way. */
const DIALS_PER_PAIR = 1.5

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const room = new SimRoom(world, brain)
  const count = size === 'small' ? world.random.between(20, 40) : world.random.between(100, 150)
  for (let n = 0; n < count; n++) {
    const tab = room.addTab(n === 0 ? room.founder : undefined)
    world.after(world.random.below(1_000), `open ${tab.name}`, () => tab.open())
  }
  const isWhole = world.runUntilDone(() => room.living().length === count && room.isWhole(), 60_000)
  world.must(isWhole, () => `pairs not connected: ${room.gaps()}`)
  const wholeAfterMs = world.nowMs
  world.runUntil(world.nowMs + 5_000)
  room.checkMembership()

  const dials = room.living().reduce((sum, tab) => sum + tab.dials, 0)
  const pairs = (count * (count - 1)) / 2
  world.must(dials <= pairs * DIALS_PER_PAIR, () => `${dials} dials for ${pairs} pairs`)
  for (const tab of room.living()) {
    const { members, owner } = tab.membership
    world.must(members.size === count, () => `${tab.name} sees ${members.size} of ${count} members`)
    world.must(owner === room.founder, () => `${tab.name} takes another for the owner`)
  }
  return { nodes: count, figures: { wholeAfterMs, dials } }
}
