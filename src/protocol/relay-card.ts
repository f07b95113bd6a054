/** `GET /relay.json`: what a tab needs to know to dial the relay that served it. */
import * as v from 'valibot'
import { idOf } from './frame.ts'
import { parseTabId } from './ids.ts'
import { wireRange } from './wire-version.ts'

export const relayCard = v.object({ peerId: idOf(parseTabId), wire: wireRange })
export type RelayCard = v.InferOutput<typeof relayCard>
