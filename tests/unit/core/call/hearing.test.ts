import { expect, test } from 'vitest'
import { asksAt, type Hearing, hear, startHearing } from '../../../../src/core/call/hearing.ts'
import { LINK_LOOKS_A_PING, LINK_PING_MS } from '../../../../src/protocol/limits.ts'

/** Looks at every ping; gives when it first saw silence. */
function quietAtMs(heardUntilMs: number, untilMs: number, from: Hearing = startHearing(0)): number | undefined {
  let hearing = from
  for (let atMs = LINK_PING_MS; atMs <= untilMs; atMs += LINK_PING_MS) {
    hearing = hear(hearing, Math.min(heardUntilMs, atMs), atMs)
    if (hearing.isQuiet) return atMs
  }
  return undefined
}

test('[TRANSFER-32] a tab that says nothing more is quiet within five seconds, and one that is heard never', () => {
  for (let goneAtMs = 60_000; goneAtMs < 60_000 + LINK_PING_MS; goneAtMs += 100) {
    const sinceMs = (quietAtMs(goneAtMs, 90_000) ?? Number.NaN) - goneAtMs
    expect(sinceMs).toBeLessThanOrEqual(5_000)
    expect(sinceMs).toBeGreaterThan(3_000)
  }
  expect(quietAtMs(Number.POSITIVE_INFINITY, 90_000)).toBeUndefined()
})

test('[TRANSFER-32] a tab that slept for a minute takes nobody for gone', () => {
  const awake = hear(startHearing(0), 60_000, 60_000)
  const asleep = hear(awake, 60_000, 120_000)
  expect(asleep.isQuiet).toBe(false)
  expect(hear(asleep, 120_100, 120_000 + LINK_PING_MS).isQuiet).toBe(false)
})

test('[TRANSFER-32] who was quiet stays so over a sleep, until it is heard', () => {
  let hearing = startHearing(0)
  for (let atMs = LINK_PING_MS; atMs <= 6_000; atMs += LINK_PING_MS) hearing = hear(hearing, 0, atMs)
  expect(hearing.isQuiet).toBe(true)
  const woken = hear(hearing, 0, 60_000)
  expect(woken.isQuiet).toBe(true)
  expect(hear(woken, 60_500, 61_000).isQuiet).toBe(false)
})

test('[TRANSFER-35] one side asks each time, the other now and then, and when it heard nothing', () => {
  const looks = Array.from({ length: 2 * LINK_LOOKS_A_PING }, (_, look) => look)
  expect(looks.filter((look) => asksAt(look, 'impolite', true))).toEqual(looks)
  expect(looks.filter((look) => asksAt(look, 'polite', true))).toEqual([0, LINK_LOOKS_A_PING])
  expect(looks.filter((look) => asksAt(look, 'polite', false))).toEqual(looks)
})
