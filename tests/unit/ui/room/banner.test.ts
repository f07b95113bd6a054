import { expect, test } from 'vitest'
import { bannerText } from '../../../../src/ui/room/banner.ts'

const FINE = { relay: 'connected', storage: 'kept' } as const

test('[UI-18] nothing is said when nothing is wrong, or when it is still being tried', () => {
  expect(bannerText(FINE, true, 0)).toBeUndefined()
  expect(bannerText({ ...FINE, relay: 'connecting', storage: 'may-be-evicted' }, true, 3)).toBeUndefined()
})

test('[UI-18] being offline goes before the relay, the relay before storage', () => {
  const worst = { relay: 'unreachable', storage: 'memory-only' } as const
  expect(bannerText(worst, false, 1)).toMatch(/^You are offline/)
  expect(bannerText(worst, true, 1)).toMatch(/^The meeting point cannot be reached\. People here stay connected/)
  expect(bannerText(worst, true, 0)).toMatch(/what this device keeps still opens/)
  expect(bannerText({ ...worst, relay: 'connected' }, true, 1)).toMatch(/^This browser keeps nothing/)
})
