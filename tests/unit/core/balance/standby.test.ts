/** Who stands beside the one that is asked for what cannot be taken straight. */
import { expect, test } from 'vitest'
import { askForwarders } from '../../../../src/core/balance/ask-forwarders.ts'
import { type Ask, askedFor, NO_CLIMBS, stepClimbs } from '../../../../src/core/balance/climb-to-source.ts'
import type { Attempt } from '../../../../src/core/balance/ladder.ts'
import type { MediaId } from '../../../../src/protocol/media.ts'
import type { Want } from '../../../../src/protocol/media-worker.ts'

const [SOURCE, BEN, CLEO, DORA] = [9, 1, 2, 3] as const
const WANT: Want = { source: SOURCE, layer: 'main', maxTemporal: 2, isShown: true, parent: CLEO, standby: BEN }

test('[BALANCE-37] beside the one asked stands whoever is there now, and one that failed rather than nobody', () => {
  const ask = (order: readonly MediaId[]): Ask => ({
    order,
    planned: undefined,
    isLinked: false,
    crowded: new Set<MediaId>(),
    goesOn: false,
  })
  const attempt: Attempt = { rung: 'profile', technique: 'proxy', reflector: String(BEN) }
  const sources = (order: readonly MediaId[], attempts: readonly Attempt[]) => ({
    kind: 'sources' as const,
    asks: new Map([[SOURCE, ask(order)]]),
    attempts: new Map(attempts.length === 0 ? [] : [[SOURCE, attempts]]),
    shown: new Map(),
  })
  const begun = stepClimbs(NO_CLIMBS, sources([BEN, CLEO], [attempt]), 0).next
  const shown = stepClimbs(begun, { kind: 'shows', source: SOURCE, from: BEN }, 100).next
  const later = stepClimbs(shown, sources([DORA, BEN], []), 200).next
  expect([begun, shown, later].map((climbs) => askedFor(climbs, SOURCE))).toEqual([
    [BEN, CLEO],
    [BEN, CLEO],
    [BEN, DORA],
  ])

  const routed = (forwarders: readonly MediaId[], isLinked = false) => {
    const reachable = new Set<MediaId>([BEN, CLEO, DORA, ...(isLinked ? [SOURCE] : [])])
    const [want] = askForwarders([WANT], { reachable, forwardersFor: () => forwarders, takesRedirects: true })
    return [want?.parent, want?.standby]
  }
  expect(routed([DORA, BEN])).toEqual([DORA, BEN])
  expect(routed([BEN])).toEqual([BEN, CLEO])
  expect(routed([BEN], true)).toEqual([BEN, SOURCE])
})

test('[BALANCE-37] where one fell silent and the standby brings the picture, that one is asked from now on, and it is told', () => {
  const attempt: Attempt = { rung: 'profile', technique: 'proxy', reflector: String(BEN) }
  const asks = new Map([[SOURCE, { order: [BEN, CLEO], planned: undefined, isLinked: false, crowded: new Set<MediaId>(), goesOn: false }]])
  const begun = stepClimbs(NO_CLIMBS, { kind: 'sources', asks, attempts: new Map([[SOURCE, [attempt]]]), shown: new Map() }, 0).next
  const shown = stepClimbs(begun, { kind: 'shows', source: SOURCE, from: BEN }, 100).next
  const moved = stepClimbs(shown, { kind: 'shows', source: SOURCE, from: CLEO }, 5_000)
  expect(askedFor(moved.next, SOURCE)).toEqual([CLEO, BEN])
  expect(moved.words).toEqual([{ kind: 'came', source: SOURCE, attempt: { rung: 'proxy', technique: 'proxy', reflector: String(CLEO) } }])
  expect(stepClimbs(moved.next, { kind: 'shows', source: SOURCE, from: CLEO }, 6_000).words).toEqual([])
})
