/** The decisions of the real balancer that these simulations run: a planted bug replaces one of them. */
import { askForwarders } from '../../../src/core/balance/ask-forwarders.ts'
import { stepClimbs } from '../../../src/core/balance/climb-to-source.ts'
import { findPlaces, placesFor } from '../../../src/core/balance/find-places.ts'
import { lookAtSource, memberSeen, waysOf } from '../../../src/core/balance/look-at-source.ts'
import { noteInBook } from '../../../src/core/balance/profile-book.ts'
import { stepMoves } from '../../../src/core/balance/watch-moves.ts'

export const BALANCE_BRAIN = {
  places: findPlaces,
  placesFor,
  seen: memberSeen,
  look: lookAtSource,
  ways: waysOf,
  climbs: stepClimbs,
  forwarders: askForwarders,
  moves: stepMoves,
  note: noteInBook,
}
