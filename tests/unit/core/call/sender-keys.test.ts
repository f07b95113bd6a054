import { expect, test } from 'vitest'
import { beginKeys, type KeyEvent, type SenderKeys, stepKeys } from '../../../../src/core/call/sender-keys.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { KEY_GRACE_MS } from '../../../../src/protocol/limits.ts'

const [ANN, BEN, CLEO] = ['ann', 'ben', 'cleo'] as unknown as readonly [TabId, TabId, TabId]

function after(...events: readonly KeyEvent[]): SenderKeys {
  return events.reduce((keys, event) => stepKeys(keys, event).next, beginKeys().next)
}

const told = (tab: TabId, generation = 0): KeyEvent => ({ kind: 'told', tab, generation })

test('[CALL-13] everybody in the call is told the key of what this tab sends, and told again until they have it', () => {
  const event: KeyEvent = { kind: 'audience', tabs: [ANN, BEN], scope: 'all' }
  const both = [ANN, BEN].map((tab) => ({ kind: 'tell', tab, generation: 0 }))
  expect(stepKeys(beginKeys().next, event).effects).toEqual(both)
  // Ann has it; the link to Ben was closed.
  expect(stepKeys(after(event, told(ANN)), event).effects).toEqual([both[1]])
  expect(stepKeys(after(event, told(ANN), told(BEN)), event).effects).toEqual([])
})

test('[CALL-14] when somebody who had the key leaves, a new one is drawn and used when those who stay had time to get it; those who leave together cost one key', () => {
  const all: KeyEvent = { kind: 'audience', tabs: [ANN, BEN, CLEO], scope: 'all' }
  const before = after(all, told(ANN), told(BEN), told(CLEO))
  const first = stepKeys(before, { kind: 'audience', tabs: [ANN, BEN], scope: 'all' })
  expect(first.effects).toEqual([{ kind: 'wait', delayMs: expect.any(Number) }])
  const second = stepKeys(first.next, { kind: 'audience', tabs: [ANN], scope: 'all' })
  expect(second.effects).toEqual([])

  const drawn = stepKeys(second.next, { kind: 'draw-due' })
  expect(drawn.effects).toEqual([
    { kind: 'draw', generation: 1 },
    { kind: 'tell', tab: ANN, generation: 1 },
    { kind: 'use-later', generation: 1, delayMs: KEY_GRACE_MS },
  ])
  // A word about the old key does not count for the new one.
  expect(stepKeys(drawn.next, told(ANN, 0)).next.told).toEqual(new Set())
  // Who left before having the key costs nothing.
  const early = after(all, told(ANN))
  expect(stepKeys(early, { kind: 'audience', tabs: [ANN], scope: 'all' }).effects).toEqual([])
})

test('[SESSION-30] who turns to another audience seals with a new key at once, and no earlier one is used after it', () => {
  const all: KeyEvent = { kind: 'audience', tabs: [ANN, BEN, CLEO], scope: 'all' }
  const before = after(all, told(ANN), told(BEN), told(CLEO))
  const whisper = stepKeys(before, { kind: 'audience', tabs: [BEN], scope: 'ben' })
  expect(whisper.effects).toEqual([
    { kind: 'draw', generation: 1 },
    { kind: 'tell', tab: BEN, generation: 1 },
    { kind: 'use', generation: 1 },
  ])
  // A key that was drawn because somebody left, and that waited to be used.
  const left = [all, told(ANN), told(BEN), { ...all, tabs: [ANN] }, { kind: 'draw-due' }, told(ANN, 1)] as const
  const turned = stepKeys(after(...left), { kind: 'audience', tabs: [BEN], scope: 'ben' })
  expect(turned.next.used).toBe(2)
  expect(stepKeys(turned.next, { kind: 'use-due', generation: 1 }).effects).toEqual([])
  expect(stepKeys(after(...left), { kind: 'use-due', generation: 1 }).effects).toEqual([{ kind: 'use', generation: 1 }])
})
