/** `GET /relay.json`: what a tab needs to know to dial the relay that served it, and others where nothing direct goes. */
import * as v from 'valibot'
import { idOf } from './frame.ts'
import { parseTabId } from './ids.ts'
import { wireRange } from './wire-version.ts'

/** A browser throws at any other; one bad address would keep every connection from being made. */
export const ICE_URL = /^(stuns?|turns?):[\w.:[\]-]+(\?transport=(udp|tcp))?$/

/** A server that passes bytes on between two who cannot reach each other. Name and password are of one tab and lapse. */
const turnAccess = v.object({
  urls: v.array(v.pipe(v.string(), v.regex(ICE_URL))),
  username: v.string(),
  credential: v.string(),
  forSeconds: v.number(),
})
export type TurnAccess = v.InferOutput<typeof turnAccess>

export const relayCard = v.object({ peerId: idOf(parseTabId), wire: wireRange, turn: v.optional(turnAccess) })
export type RelayCard = v.InferOutput<typeof relayCard>
