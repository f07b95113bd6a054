/**
 * The libp2p node of a tab: WebSocket to the relay, WebRTC to other tabs, circuit relay both ways, so that any tab can
 * introduce two others when the relay is gone. Whom to dial and when is core/room/reach; this file only does it.
 *
 * libp2p starts from defaults that call public STUN servers, refuse private addresses and hand out 15 reservations:
 * each is set here on purpose.
 */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { FrameStream, Wire } from '../../ports/wire.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { TabId } from '../../protocol/ids.ts'
import {
  CONTROL_ASK_MS,
  CONTROL_SILENT_MS,
  CONTROL_STREAMS,
  DIAL_TIMEOUT_MS,
  INTRODUCED_MS,
  INTRODUCTION_BYTES,
  INTRODUCTION_MS,
  LIVENESS_MS,
  MEMBERS,
  PEER_CONNECTIONS,
  RESERVATION_MS,
} from '../../protocol/limits.ts'
import { frameStream } from './frame-stream.ts'
import { keepLocalNames } from './keep-local-names.ts'
import type { RelayAddress } from './relay-address.ts'

export interface Mesh extends Wire {
  /** Dials the relay and asks it to pass dials on to us. Throws `relay-unreachable`. */
  connectRelay(relay: RelayAddress, signal: AbortSignal): Promise<void>
  /** Opens a direct connection to a tab, introduced by the relay or by another tab. */
  dial(tab: TabId, through: RelayAddress | TabId, signal: AbortSignal): Promise<void>
  /** Asks a connected tab to pass dials on to us while the relay is away. */
  reserve(carrier: TabId): Promise<void>
  isConnected(tab: TabId): boolean
  /** Does the other side answer within LIVENESS_MS? A browser that dies says nothing for 15 s. */
  isAlive(tab: TabId): Promise<boolean>
  hangUp(tab: TabId): void
  /** Direct connections and the relay's own; introductions through somebody else do not count. */
  onConnection(listener: (change: ConnectionChange) => void): () => void
  close(): Promise<void>
}

export type ConnectionChange = { readonly kind: 'opened' | 'closed'; readonly peer: TabId }

/** `iceServers` are read anew for each connection. */
export async function openMesh(iceServers: readonly RTCIceServer[]): Promise<Mesh> {
  const node = await createLibp2p({
    // Tabs are dialed through whoever knows them, never at an address, so none is announced.
    addresses: { listen: [], announceFilter: () => [] },
    transports: [
      webSockets(),
      webRTC({ rtcConfiguration: () => ({ iceServers: [...iceServers] }) }),
      circuitRelayTransport({ maxInboundStopStreams: MEMBERS, maxOutboundStopStreams: MEMBERS }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: {
      maxConnections: 2 * PEER_CONNECTIONS,
      inboundConnectionThreshold: PEER_CONNECTIONS,
      maxIncomingPendingConnections: PEER_CONNECTIONS,
      // How long a dial may take is decided in core/room/reach; libp2p would give up after 6 s by itself.
      dialTimeout: DIAL_TIMEOUT_MS,
      addressDialTimeout: DIAL_TIMEOUT_MS,
      reconnectRetries: 0,
    },
    connectionMonitor: { pingInterval: CONTROL_ASK_MS, pingTimeout: { minTimeout: CONTROL_SILENT_MS } },
    services: {
      identify: identify(),
      ping: ping(),
      carrier: circuitRelayServer({
        maxInboundHopStreams: MEMBERS,
        maxOutboundStopStreams: MEMBERS,
        reservations: {
          maxReservations: MEMBERS,
          reservationTtl: RESERVATION_MS,
          defaultDataLimit: BigInt(INTRODUCTION_BYTES),
          defaultDurationLimit: INTRODUCTION_MS,
        },
      }),
    },
  })

  // Of a dial that was given up the other side may hold a connection that leads nowhere, for half a minute: the newest counts.
  const direct = (tab: TabId): Connection | undefined => node.getConnections(peer(tab)).findLast((connection) => isDirect(connection))
  // What introduced two tabs to each other is of no more use to them, and would be asked and answered through the relay for ever.
  node.addEventListener('connection:open', ({ detail }) => {
    if (isDirect(detail)) setTimeout(() => closeLimited(node.getConnections(detail.remotePeer)), INTRODUCED_MS)
  })
  const stopper = new AbortController()
  const releaseLocalNames = keepLocalNames()

  return {
    self: node.peerId.toString() as TabId,

    async connectRelay(relay, signal) {
      try {
        await node.dial(multiaddr(relay.multiaddr), { signal })
        await transportManager(node).listen([multiaddr(`${relay.multiaddr}/p2p-circuit`)])
      } catch (cause) {
        throw new RoomError('relay-unreachable', '', { cause })
      }
    },

    async dial(tab, through, signal) {
      const introducer = typeof through === 'string' ? `/p2p/${through}` : through.multiaddr
      // A limited connection left over from an earlier try would be taken for the real one.
      await closeLimited(node.getConnections(peer(tab)))
      const connection = await node.dial(multiaddr(`${introducer}/p2p-circuit/webrtc/p2p/${tab}`), { signal })
      if (!isDirect(connection)) throw new RoomError('aborted', 'introduced, but no direct connection came of it')
    },

    reserve: (carrier) => reserveOn(node, peer(carrier)),
    isConnected: (tab) => direct(tab) !== undefined,
    isAlive: (tab) =>
      node.services.ping.ping(peer(tab), { signal: AbortSignal.timeout(LIVENESS_MS) }).then(
        () => true,
        () => false,
      ),
    hangUp: (tab) => void node.hangUp(peer(tab)).catch(() => {}),

    onConnection(listener) {
      const opened = ({ detail }: CustomEvent<Connection>) => {
        if (isDirect(detail)) listener({ kind: 'opened', peer: tabOf(detail) })
      }
      const closed = ({ detail }: CustomEvent<Connection>) => {
        const tab = tabOf(detail)
        if (isDirect(detail) && direct(tab) === undefined) listener({ kind: 'closed', peer: tab })
      }
      node.addEventListener('connection:open', opened)
      node.addEventListener('connection:close', closed)
      return () => {
        node.removeEventListener('connection:open', opened)
        node.removeEventListener('connection:close', closed)
      }
    },

    async open(tab, protocol, { maxFrameBytes, signal }): Promise<FrameStream> {
      const connection = direct(tab)
      if (connection === undefined) throw new RoomError('aborted', 'not connected')
      const stream = await connection.newStream(protocol, { signal: signal ?? stopper.signal, maxOutboundStreams: CONTROL_STREAMS })
      return frameStream(stream, tab, maxFrameBytes)
    },

    handle(protocol, { maxFrameBytes }, handler) {
      void node.handle(
        protocol,
        (stream, connection) => {
          if (isDirect(connection)) handler(frameStream(stream, tabOf(connection), maxFrameBytes))
          else stream.abort(new RoomError('aborted', 'only on a direct connection'))
        },
        { maxInboundStreams: CONTROL_STREAMS },
      )
      return () => void node.unhandle(protocol).catch(() => {})
    },

    async close() {
      stopper.abort()
      releaseLocalNames()
      await node.stop()
    },
  }
}

type Node = Awaited<ReturnType<typeof createLibp2p>>

/** libp2p offers no public way to listen after start; `components` is where its own parts reach its transports. */
function transportManager(node: Node): TransportManager {
  return (node as unknown as { components: { transportManager: TransportManager } }).components.transportManager
}
type TransportManager = {
  listen(on: readonly Multiaddr[]): Promise<void>
  getTransports(): readonly { [Symbol.toStringTag]: string; reservationStore?: ReservationStore }[]
}
type ReservationStore = { addRelay(peer: PeerId, type: 'configured'): Promise<unknown> }

/** A listener would announce the carrier's address as ours, and libp2p throws on addresses of tabs when it takes them back. */
async function reserveOn(node: Node, carrier: PeerId): Promise<void> {
  const circuits = transportManager(node)
    .getTransports()
    .find((transport) => transport.reservationStore !== undefined)
  await circuits?.reservationStore?.addRelay(carrier, 'configured')
}

function isDirect(connection: Connection): boolean {
  return connection.limits === undefined
}

async function closeLimited(connections: readonly Connection[]): Promise<void> {
  const limited = connections.filter((connection) => connection.limits !== undefined)
  await Promise.all(limited.map((connection) => connection.close().catch(() => {})))
}

function tabOf(connection: Connection): TabId {
  return connection.remotePeer.toString() as TabId
}

function peer(tab: TabId): PeerId {
  return peerIdFromString(tab)
}
