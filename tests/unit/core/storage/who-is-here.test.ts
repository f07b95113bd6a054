import { expect, test } from 'vitest'
import { isYoungRoom, type OpenLink, whoIsHere } from '../../../../src/core/storage/who-is-here.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'

const [ann, ben, cleo] = ['ann', 'ben', 'cleo'] as DeviceId[] as [DeviceId, DeviceId, DeviceId]
const linkTo = (device: DeviceId, isQuiet = false): OpenLink => ({ device, isQuiet })
const HOUR_MS = 3_600_000

test('[PLAN-26] this device is here, and whoever says so', () => {
  expect(whoIsHere(ann, [], [])).toEqual(new Set([ann]))
  expect(whoIsHere(ann, [ben, ben], [])).toEqual(new Set([ann, ben]))
})

test('[PLAN-26] whose link has gone quiet is not here, whatever the list says', () => {
  expect(whoIsHere(ann, [ben, cleo], [linkTo(ben, true), linkTo(cleo)])).toEqual(new Set([ann, cleo]))
})

test('[PLAN-26] whose link is alive is here, though the list does not know yet', () => {
  expect(whoIsHere(ann, [], [linkTo(ben)])).toEqual(new Set([ann, ben]))
})

test('[PLAN-26] of two tabs of a device one that is heard is enough', () => {
  expect(whoIsHere(ann, [ben], [linkTo(ben, true), linkTo(ben)])).toEqual(new Set([ann, ben]))
})

test('[PLAN-27] a room is young until another device has been known for a day', () => {
  const seen = (device: DeviceId, hoursAgo: number) => ({ device, firstSeenAtMs: (100 - hoursAgo) * HOUR_MS })
  const isYoung = (...devices: ReturnType<typeof seen>[]) => isYoungRoom(ann, devices, 100 * HOUR_MS)
  expect(isYoung(seen(ann, 90))).toBe(true)
  expect(isYoung(seen(ann, 90), seen(ben, 23), seen(cleo, 1))).toBe(true)
  expect(isYoung(seen(ann, 90), seen(ben, 24), seen(cleo, 1))).toBe(false)
})
