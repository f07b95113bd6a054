/** The ways of looking at a call, and the part of the stage that the large ones take in each. Who is large is core's to say. */
import type { SharedLayout } from '../../ports/asterism.ts'
import { BESIDE, type LargePlace, type Way } from './stage-layout.ts'

export const LAYOUTS = ['grid', 'speaker', 'side-by-side', 'share'] as const satisfies readonly SharedLayout[]

/** What the large ones take of the stage: somebody who came for the page wants the page. */
const PARTS: Readonly<Record<SharedLayout, Way['part']>> = {
  grid: BESIDE.part,
  speaker: { wide: 0.78, tall: 0.64 },
  'side-by-side': { wide: 0.82, tall: 0.76 },
  share: { wide: 0.88, tall: 0.8 },
}

export function wayOf(layout: SharedLayout, place: LargePlace): Way {
  // Two are only side by side where they have the whole width.
  return { place: layout === 'side-by-side' && place === 'fit' ? 'top' : place, part: PARTS[layout] }
}
