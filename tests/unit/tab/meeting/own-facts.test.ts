import { expect, test } from 'vitest'
import { type FactsParts, ownFacts } from '../../../../src/tab/meeting/own-facts.ts'

const FIGURES = { lateMs: 0, halvings: 0, uplinkKbps: 4_000, downlinkKbps: 900, hops: [], incoming: [], outgoing: [], levels: [] } as const
const PARTS: FactsParts = {
  links: [],
  packetsPerSecond: 8_000,
  giving: { passesOn: true, uplinkKbps: undefined },
  isSteady: true,
  layers: [],
  profiles: [],
  wants: [],
  figures: FIGURES,
}

test('[OVERLAY-25] what this tab can take is told as it was measured', () => {
  expect(ownFacts({ ...PARTS, figures: undefined }).downlinkKbps).toBe(50_000)
  expect(ownFacts(PARTS).downlinkKbps).toBe(900)
})

test('[OVERLAY-25] a device with too much to do says that it carries less, and comes last', () => {
  expect(ownFacts(PARTS)).toMatchObject({ packetsPerSecond: 8_000, isSteady: true })
  expect(ownFacts({ ...PARTS, figures: { ...FIGURES, halvings: 2 } })).toMatchObject({ packetsPerSecond: 2_000, isSteady: false })
})
