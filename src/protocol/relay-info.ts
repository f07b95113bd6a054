/**
 * `/relay.json`: how a tab learns whom to dial. The address is the one the page came from; sockets are opened at `ws`
 * on that host, so the multiaddr is `/dns4/<host>/tcp/<port>[/tls]/ws/p2p/<peerId>`.
 */
import * as v from 'valibot'
import { idOf } from './frame.ts'
import { parseTabId } from './ids.ts'
import { wireRange } from './wire-version.ts'

export const RELAY_INFO_PATH = '/relay.json'

export const relayInfo = v.object({
  /** The relay's libp2p peer id; it has the form of a tab's. */
  peerId: idOf(parseTabId),
  wire: wireRange,
  version: v.pipe(v.string(), v.maxLength(64)),
  /** Path for WebSocket upgrades. libp2p dials the root and nothing else. */
  ws: v.literal('/'),
})
export type RelayInfo = v.InferOutput<typeof relayInfo>
