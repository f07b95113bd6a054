/** Puts the relay together: database, keys, HTTP, libp2p, rendezvous; and takes it apart in the opposite order. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { Logger } from 'pino'
import type { TabId } from '../protocol/ids.ts'
import { RELAY_DRAIN_MS } from '../protocol/relay-limits.ts'
import { WIRE } from '../protocol/wire-version.ts'
import type { Config } from './config.ts'
import { CounterStore } from './counters/counter-store.ts'
import { DoorDesk } from './doors/door-desk.ts'
import { createHttpServer } from './http/create-http-server.ts'
import { createLog } from './log.ts'
import { announcedAddresses } from './mesh/announced-addresses.ts'
import { createRelayNode } from './mesh/create-relay-node.ts'
import { DirectListener } from './mesh/direct-listener.ts'
import { loadPeerKey } from './mesh/peer-key.ts'
import { createMetrics } from './metrics.ts'
import { segmentOf } from './rendezvous/network-segment.ts'
import { type RendezvousFigures, serveRendezvous } from './rendezvous/serve-rendezvous.ts'
import { openDatabase } from './store/open-database.ts'
import { settingOf } from './store/settings.ts'
import { openUpgradeDoor } from './upgrade-door.ts'
import { VERSION } from './version.ts'

export type RelayServer = {
  /** For a browser on this machine, without a slash at the end. */
  readonly url: string
  readonly port: number
  readonly peerId: string
  /** Tells every tab, then closes; at most RELAY_DRAIN_MS. May be called twice. */
  close(): Promise<void>
}

export async function startRelay(config: Config, log: Logger = createLog(config.LOG_LEVEL)): Promise<RelayServer> {
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 })
  const database = openDatabase(join(config.DATA_DIR, 'relay.db'))
  const segmentKey = settingOf(database, 'segment-key', () => randomBytes(32))
  const key = await loadPeerKey(config.DATA_DIR)
  const peerId = peerIdFromPrivateKey(key).toString()

  const listener = new DirectListener()
  const desk = new DoorDesk((reason) => metrics.countRefusal('doors', reason))
  const door = openUpgradeDoor(
    config,
    listener,
    (reason) => metrics.countRefusal('socket', reason),
    (socket) => desk.serve(socket),
  )
  // Pages are answered a moment before sockets are: only then is the port known that tabs are told.
  let mesh: { readonly rendezvous: () => RendezvousFigures; readonly reservations: () => number } | undefined
  const metrics = createMetrics(() => ({
    sockets: door.sockets(),
    bytes: door.bytes(),
    doors: desk.doors,
    reservations: mesh?.reservations() ?? 0,
    ...(mesh?.rendezvous() ?? { rooms: 0, tabs: 0 }),
  }))
  let isDraining = false
  const isReady = () => !isDraining && mesh !== undefined && http.server.listening && database.prepare('SELECT 1 AS one').get()?.one === 1
  const info = { peerId: peerId as TabId, wire: WIRE, version: VERSION, ws: '/' } as const

  const http = await createHttpServer(config, log, { info, isReady, metrics }, new CounterStore(database), desk)
  const { port } = await listen()
  const node = await createRelayNode({
    key,
    listener,
    announce: announcedAddresses(config, port),
    maxReservations: config.MAX_RESERVATIONS,
    maxSockets: config.MAX_SOCKETS,
  })
  const rendezvous = await serveRendezvous(node, {
    bounds: { rooms: config.MAX_ROOMS, tabsPerRoom: config.MAX_PEERS_PER_ROOM },
    segmentOf: (address) => segmentOf(segmentKey, address),
    onRefused: (reason) => metrics.countRefusal('rendezvous', reason),
  })
  mesh = { rendezvous, reservations: () => node.services.circuits.reservations.size }
  http.server.on('upgrade', door.onUpgrade)
  log.info({ version: VERSION }, 'relay started')

  async function listen(): Promise<AddressInfo> {
    await http.listen({ host: config.HOST, port: config.PORT })
    return http.server.address() as AddressInfo
  }

  async function drain(): Promise<void> {
    isDraining = true
    door.close()
    desk.close()
    http.server.close()
    await node.stop()
    await http.close()
  }

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    const isDone = await Promise.race([drain().then(() => true), patience()])
    if (!isDone) log.warn('some connections did not close in time and were cut')
    http.server.closeAllConnections()
    database.close()
    log.info('relay stopped')
  }

  return { url: `http://localhost:${port}`, port, peerId, close: () => (closing ??= close()) }
}

function patience(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), RELAY_DRAIN_MS).unref())
}
