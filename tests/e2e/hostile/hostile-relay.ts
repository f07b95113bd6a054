/**
 * A relay that lies. It serves the real page, lists tabs and carries circuits as the real one does, until a test tells
 * it to flip bytes, hand dials to somebody else, or make up members. It knows what a real relay could know and no more.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { extname, join } from 'node:path'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Stream } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'
import { encodeFrame, parseFrame } from '../../../src/protocol/frame.ts'
import { FrameReader, frameBytes } from '../../../src/protocol/framing.ts'
import type { TabId } from '../../../src/protocol/ids.ts'
import { CONTROL_FRAME_BYTES } from '../../../src/protocol/limits.ts'
import { RENDEZVOUS_PROTOCOL, type RendezvousRecord, type RendezvousReply, rendezvousRequest } from '../../../src/protocol/rendezvous.ts'
import { WIRE } from '../../../src/protocol/wire-version.ts'
import { ROOT } from '../../run-process.ts'

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

export type Mischief = {
  /** Changes what one tab sends another through a circuit. */
  bend?: (bytes: Uint8Array) => Uint8Array
  /** Passes every dial on to this tab instead. */
  divert?: TabId
  /** What each tab is told besides, or instead of, the truth. */
  list?: (truth: readonly RendezvousRecord[]) => readonly RendezvousRecord[]
}

export type HostileRelay = {
  readonly origin: string
  readonly mischief: Mischief
  /** All it has been given to list. */
  readonly records: ReadonlyMap<TabId, RendezvousRecord>
  /** How many circuits it was asked for. */
  readonly circuits: () => number
  close(): Promise<void>
}

/** `extra` are files it serves besides the built page, by path. */
export async function openHostileRelay(extra: Readonly<Record<string, string>>): Promise<HostileRelay> {
  const mischief: Mischief = {}
  const records = new Map<TabId, RendezvousRecord>()
  const streams = new Map<TabId, Stream>()
  let circuits = 0
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: 100 },
    services: { identify: identify(), ping: ping(), circuits: circuitRelayServer({ reservations: { maxReservations: 100 } }) },
  })
  const peerId = node.peerId.toString() as TabId

  // libp2p's relay has no hook between the two halves of a circuit; this method makes the far half.
  type Hop = (options: { connection: unknown }, abort: unknown) => Promise<Stream | undefined>
  const server = node.services.circuits as unknown as { stopHop: Hop }
  const stopHop = server.stopHop.bind(server)
  server.stopHop = async (options, abort) => {
    circuits++
    const other = node.getConnections().find(({ remotePeer }) => remotePeer.toString() === mischief.divert)
    const stream = await stopHop(other === undefined ? options : { ...options, connection: other }, abort)
    if (stream === undefined) return undefined
    const send = stream.send.bind(stream)
    stream.send = (data) => send(mischief.bend?.(data.subarray().slice()) ?? data)
    return stream
  }

  const told = (): RendezvousRecord[] => [...(mischief.list?.([...records.values()]) ?? records.values())]
  const tell = (stream: Stream, reply: RendezvousReply) => {
    if (stream.writeStatus === 'writable') stream.send(frameBytes(encodeFrame(reply)))
  }
  await node.handle(RENDEZVOUS_PROTOCOL, async (stream, connection) => {
    const tab = connection.remotePeer.toString() as TabId
    const reader = new FrameReader(CONTROL_FRAME_BYTES)
    streams.set(tab, stream)
    tell(stream, { t: 'greet', nonce: new Uint8Array(16), wire: WIRE, segment: new Uint8Array(8) })
    for await (const chunk of stream) {
      for (const frame of reader.push(chunk.subarray()).frames) {
        const parsed = parseFrame(frame, rendezvousRequest)
        if (parsed.kind !== 'ok') continue
        records.set(tab, { tab, sealed: parsed.message.sealed })
        for (const other of streams.values()) tell(other, { t: 'peers', records: told() })
      }
    }
    streams.delete(tab)
    records.delete(tab)
  })

  const http = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://relay').pathname
    if (path === '/relay.json') return response.end(JSON.stringify({ peerId, wire: WIRE }))
    const body = extra[path] ?? (await readFile(join(ROOT, 'dist', path === '/' ? 'index.html' : path)).catch(() => undefined))
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': TYPES[extname(path) || '.html'] ?? 'application/octet-stream' })
    response.end(body)
  })
  const wsPort = Number(
    node
      .getMultiaddrs()[0]
      ?.getComponents()
      .find(({ name }) => name === 'tcp')?.value,
  )
  http.on('upgrade', (request, socket, head) => {
    const inner = connect(wsPort, '127.0.0.1', () => {
      const headers = request.rawHeaders.map((text, n) => (n % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('')
      inner.write(`GET / HTTP/1.1\r\n${headers}\r\n`)
      inner.write(head)
      socket.pipe(inner).pipe(socket)
    })
    for (const one of [inner, socket]) one.on('error', () => one.destroy())
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))

  return {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    mischief,
    records,
    circuits: () => circuits,
    async close() {
      http.closeAllConnections()
      http.close()
      await node.stop()
    },
  }
}
