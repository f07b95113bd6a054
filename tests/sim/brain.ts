/** Every decision of the real core that the simulator runs, in one value: a planted bug replaces one of them. */
import { stepNegotiation } from '../../src/core/call/negotiation.ts'
import { stepHello } from '../../src/core/room/hello.ts'
import { addEntries } from '../../src/core/room/membership.ts'
import { stepReach } from '../../src/core/room/reach.ts'
import { fetchStep } from '../../src/core/storage/fetch.ts'
import { ownRows } from '../../src/core/storage/own-rows.ts'
import { planObject } from '../../src/core/storage/plan-object.ts'
import { receiveStep } from '../../src/core/storage/receive-transfer.ts'
import { serveStep } from '../../src/core/storage/serve-transfer.ts'
import { BALANCE_BRAIN } from './balance/balance-brain.ts'
import { MEETING_BRAIN } from './meeting/meeting-brain.ts'

export const SOUND_BRAIN = {
  reach: stepReach,
  hello: stepHello,
  membership: addEntries,
  negotiation: stepNegotiation,
  fetch: fetchStep,
  receive: receiveStep,
  serve: serveStep,
  ownRows,
  plan: planObject,
  ...MEETING_BRAIN,
  ...BALANCE_BRAIN,
}

export type Brain = typeof SOUND_BRAIN
