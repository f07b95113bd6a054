import { expect, test } from 'vitest'
import { type DeviceClaim, isDeviceNews } from '../../../../src/core/storage/device-news.ts'
import { toDeviceId } from '../../../../src/protocol/ids.ts'
import { DEVICE_TOLD_MS } from '../../../../src/protocol/limits.ts'

const told: DeviceClaim = {
  device: toDeviceId(new Uint8Array(32)),
  segment: new Uint8Array(8),
  quotaBytes: 1_000,
  keptBytes: 500,
  persisted: false,
  visitor: false,
  firstSeenAtMs: 0,
  onlineMs: 0,
  atMs: 0,
  sequence: 1,
}
const isNews = (change: Partial<DeviceClaim>, sinceToldMs = 0) => isDeviceNews(told, { ...told, ...change }, sinceToldMs)

test('[STORAGE-29] a device tells anew what a planner would want to know, and otherwise every few minutes', () => {
  const news = [{ keptBytes: 551 }, { keptBytes: 449 }, { quotaBytes: 900 }, { persisted: true }, { visitor: true }, { segment: null }]
  expect(news.map((change) => isNews(change))).toEqual(news.map(() => true))
  expect([isDeviceNews(undefined, told, 0), isNews({}, DEVICE_TOLD_MS)]).toEqual([true, true])
})

test('[STORAGE-29] a little more or less, time that passed, or the same network said again are no news', () => {
  const same = [{ keptBytes: 550 }, { keptBytes: 450 }, { onlineMs: 9_999, atMs: 9_999, sequence: 2 }, { segment: new Uint8Array(8) }]
  expect(same.map((change) => isNews(change, DEVICE_TOLD_MS - 1))).toEqual(same.map(() => false))
})
