import { expect, test } from 'vitest'
import { parseProfile } from '../../../../src/core/storage/profile.ts'
import type { FileStat } from '../../../../src/ports/asterism.ts'
import { copiesOf, copiesProfile, DIAL, DISK_WAYS, dialPlace, dialProfile, dialStops } from '../../../../src/ui/format/keeping.ts'

function statOf(profile: string, overhead: number, reach?: number): FileStat {
  return {
    state: 'spread',
    spareDevices: 2,
    profile,
    isPinned: false,
    k: 1,
    rows: 3,
    copies: [],
    availability: reach ?? 0.9995,
    durability: 0.9999,
    overhead,
    bound: reach === undefined ? undefined : { availability: reach, remedy: '' },
    warnings: [],
  }
}

test('[UI-31] the dial shows what each choice would cost', () => {
  const costs: Record<string, number> = { 'nines(0.99)': 1.5, 'nines(0.9999)': 2.8, 'nines(0.99999)': 4 }
  const stops = dialStops(statOf('nines(0.999)', 2.1), (profile) => statOf(profile, costs[profile] ?? 0))
  expect(stops.map(({ overhead, isChosen }) => [overhead, isChosen])).toEqual([
    [1.5, false],
    [2.1, true],
    [2.8, false],
    [4, false],
  ])
})

test('[UI-31] a room that answers for the present way only leaves the other costs out', () => {
  const now = statOf('nines(0.999)', 2.1)
  expect(dialStops(now, () => now).map(({ overhead }) => overhead)).toEqual([undefined, 2.1, undefined, undefined])
})

test('[UI-31] what the room cannot promise is shown as such', () => {
  const now = statOf('nines(0.9999)', 3, 0.9973)
  expect(dialStops(now, () => now).map(({ isOutOfReach }) => isOutOfReach)).toEqual([false, true, true, true])
})

test('[UI-31] with copies chosen no star of the dial is', () => {
  expect(dialStops(statOf('raid1(3)', 3), () => undefined).some(({ isChosen }) => isChosen)).toBe(false)
  expect([copiesOf('raid1(3)'), copiesOf('raid6'), copiesOf('nines(0.999)')]).toEqual([3, undefined, undefined])
})

test('[UI-31] each further nine is one step of the thread, inside its ends', () => {
  expect([0, 0.99, 0.999, 0.9999, 1].map((odds) => Math.round(dialPlace(odds) * 100) / 100)).toEqual([0, 0, 1, 2, 3])
})

test('[UI-31] every way that is offered is one the room knows', () => {
  const ways = [...DIAL.map(dialProfile), copiesProfile(1), copiesProfile(32), ...DISK_WAYS.map(({ profile }) => profile)]
  for (const way of ways) expect(parseProfile(way), way).toBeDefined()
})
