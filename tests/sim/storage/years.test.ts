import { describe, expect, test } from 'vitest'
import { MIXES } from './mixes.ts'
import { optimumOf } from './optimum.ts'
import { SOUND_PLANNER } from './planner-brain.ts'
import { roomScript, simulateRoom } from './room-script.ts'
import { findYearPlant, YEAR_PLANTS } from './year-plants.ts'
import { simulateMix } from './years.ts'

const ROOMS = 2
const DAYS = 240

describe('rooms over a year', () => {
  test('[SIM-8] same seed, same trace hash', () => {
    const [mix] = MIXES.filter(({ name }) => name === '20 mixed')
    const hashOf = (seed: number) => mix && simulateMix(mix, seed, 1, 120, SOUND_PLANNER).traceHash
    expect(hashOf(7)).toBe(hashOf(7))
    expect(hashOf(8)).not.toBe(hashOf(7))
  })

  test.each(MIXES)('[SIM-9] $name: nothing that was safe is lost, no rule is broken', (mix) => {
    const report = simulateMix(mix, 1, ROOMS, DAYS, SOUND_PLANNER)
    expect(report.violations).toEqual([])
    expect(report.losses).toBe(0)
  })

  test.each(YEAR_PLANTS)('[SIM-7] found: $name', (plant) => {
    expect(findYearPlant(plant)).toBeDefined()
  })
})

test('[SIM-10] the optimum is that of the design note', () => {
  const of = (keepers: number, often: number, guests: number, seldom: number, target: number) => {
    const availabilities = Array.from({ length: keepers + guests }, (_, n) => (n < keepers ? often : seldom))
    const { k, rows } = optimumOf(availabilities, target)
    return Math.round((rows / k) * 10) / 10
  }
  expect([0.99, 0.999, 0.99999].map((target) => of(10, 0.95, 40, 0.15, target))).toEqual([1.3, 1.5, 2])
  expect([0.99, 0.999, 0.99999].map((target) => of(12, 0.8, 38, 0.15, target))).toEqual([2, 2.4, 4])
  expect([0.99, 0.999].map((target) => of(4, 0.95, 16, 0.15, target))).toEqual([2, 2])
})

describe('a room as a script', () => {
  const wish = { devices: 8, profile: 'raid6', bytes: 20 * 2 ** 20 }

  test('[SIM-11] the same script and ids end alike, other ids alike in numbers', () => {
    const events = roomScript(5, wish)
    const ids = { deviceIds: Array.from({ length: 8 }, (_, n) => `other ${n}`) as never }
    expect(simulateRoom(events)).toEqual(simulateRoom(events))
    const rowsKept = (of: { kept: readonly number[] }[]) => of.reduce((sum, { kept }) => sum + kept.length, 0)
    expect(rowsKept([...simulateRoom(events, ids).ends])).toBe(rowsKept([...simulateRoom(events).ends]))
  })

  test('[SIM-11] two lost disks of raid6 lose nothing, and who returns brings back what it has', () => {
    const joins = Array.from({ length: 8 }, (_, device) => ({ kind: 'join', device }) as const)
    const put = { kind: 'put', device: 0, bytes: wish.bytes, profile: 'raid6' } as const
    const lose = [1, 2].map((device) => ({ kind: 'lose', device, isKnown: false }) as const)
    const leave = [0, 3, 4, 5, 6, 7].map((device) => ({ kind: 'leave', device }) as const)
    const back = [3, 4, 5, 6, 7, 0].map((device) => ({ kind: 'return', device }) as const)
    const read = { kind: 'read' } as const
    const outcome = simulateRoom([...joins, put, ...lose, read, ...leave, read, ...back, read])
    expect(outcome).toMatchObject({ isLost: false, reads: [{ isReadable: true }, { isReadable: false }, { isReadable: true }] })
    expect(outcome.availability).toBeCloseTo(2 / 3)
  })
})
