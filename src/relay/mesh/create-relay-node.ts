/**
 * The relay's libp2p node: carries circuits between tabs and never dials anybody itself, so no address a client names
 * is ever called. Every bound is set here, because libp2p's own stop at the 16th tab.
 */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { createLibp2p } from 'libp2p'
import {
  CIRCUIT_BYTES,
  CIRCUIT_MS,
  CIRCUITS_PER_TAB,
  RELAY_PING_MS,
  RELAY_PING_TIMEOUT_MS,
  RELAY_RESERVATION_MS,
  RELAY_STREAM_BUFFER_BYTES,
  RELAY_STREAMS_PER_TAB,
} from '../../protocol/relay-limits.ts'
import { VERSION } from '../version.ts'
import { DEAF_ADDRESS, type DirectListener } from './direct-listener.ts'

export type RelayNode = Libp2p<{ circuits: CircuitRelayService }>

export type RelayNodeOptions = {
  readonly key: PrivateKey
  readonly listener: DirectListener
  /** Addresses told to tabs that make a reservation. */
  readonly announce: readonly string[]
  readonly maxReservations: number
  readonly maxSockets: number
}

export async function createRelayNode(options: RelayNodeOptions): Promise<RelayNode> {
  const node = await createLibp2p({
    privateKey: options.key,
    addresses: { listen: [DEAF_ADDRESS], announce: [...options.announce] },
    transports: [options.listener.transport],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: RELAY_STREAMS_PER_TAB,
        maxOutboundStreams: RELAY_STREAMS_PER_TAB,
        streamOptions: { maxReadBufferLength: RELAY_STREAM_BUFFER_BYTES, maxWriteBufferLength: RELAY_STREAM_BUFFER_BYTES },
      }),
    ],
    connectionGater: { denyDialPeer: () => true, denyDialMultiaddr: () => true },
    connectionManager: {
      maxConnections: options.maxSockets,
      // Counted at the door, for each address: a bound of all together would let one address keep everybody out.
      maxIncomingPendingConnections: options.maxSockets,
      inboundConnectionThreshold: options.maxSockets,
    },
    connectionMonitor: { pingInterval: RELAY_PING_MS, pingTimeout: { minTimeout: RELAY_PING_TIMEOUT_MS } },
    nodeInfo: { name: 'asterism', version: VERSION, userAgent: `asterism/${VERSION}` },
    services: {
      identify: identify(),
      ping: ping(),
      circuits: circuitRelayServer({
        maxInboundHopStreams: CIRCUITS_PER_TAB,
        maxOutboundStopStreams: CIRCUITS_PER_TAB,
        reservations: {
          maxReservations: options.maxReservations,
          reservationTtl: RELAY_RESERVATION_MS,
          defaultDataLimit: BigInt(CIRCUIT_BYTES),
          defaultDurationLimit: CIRCUIT_MS,
        },
      }),
    },
  })
  endReservationsWithConnections(node)
  keepNewestConnections(node)
  return node
}

/** libp2p keeps a reservation for its whole term; a tab that reloads takes a new one, so 500 reloads would fill the relay. */
function endReservationsWithConnections(node: RelayNode): void {
  node.addEventListener('peer:disconnect', ({ detail: peer }) => {
    const { reservations } = node.services.circuits
    reservations.get(peer)?.signal.clear()
    reservations.delete(peer)
  })
}

/**
 * A tab that lost its network comes again before its old connection is known to be dead, and libp2p would send dials
 * down the old one until then. Noise has proved that it is the same tab.
 */
function keepNewestConnections(node: RelayNode): void {
  node.addEventListener('connection:open', ({ detail: newest }) => {
    for (const connection of node.getConnections(newest.remotePeer)) {
      if (connection.id !== newest.id) connection.abort(new Error('replaced by a newer connection'))
    }
  })
}
