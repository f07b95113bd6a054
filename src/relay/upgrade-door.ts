/** The door for sockets: an upgrade request is checked here and handed to libp2p or to the doors of programs, or answered with the reason why not. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { DOORS_PATH } from '../protocol/doors.ts'
import { FORWARDED_UNTRUSTED, requestAddress } from './client-address.ts'
import type { Config } from './config.ts'
import type { DirectListener, ServerSocket } from './mesh/direct-listener.ts'
import { OpeningCount, type OpeningRefusal } from './opening-count.ts'
import { isOriginAllowed } from './origin.ts'

export type DoorRefusal = OpeningRefusal | 'origin' | 'untrusted-proxy' | 'not-a-websocket' | 'draining'

export type UpgradeDoor = {
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly sockets: () => number
  /** Bytes of closed and open sockets, in both directions. */
  readonly bytes: () => { readonly received: number; readonly sent: number }
  readonly close: () => void
}

const ANSWERS: Readonly<Record<DoorRefusal, readonly [status: number, sentence: string]>> = {
  origin: [
    403,
    "Pages of this origin may not open a socket here. If they should, name their origin in ALLOWED_ORIGINS, or this relay's own address in PUBLIC_URL.",
  ],
  'untrusted-proxy': [400, FORWARDED_UNTRUSTED],
  'not-a-websocket': [400, 'Only WebSocket upgrades are understood here.'],
  'too-fast': [429, 'Too many new sockets from this address. Try again in ten seconds.'],
  'too-many-sockets-of-address': [429, 'Too many sockets from this address.'],
  'too-many-sockets': [503, 'This relay is full.'],
  draining: [503, 'This relay is stopping.'],
}

export function openUpgradeDoor(
  config: Config,
  listener: DirectListener,
  onRefused: (reason: DoorRefusal) => void,
  serveDoors: (socket: ServerSocket) => void,
): UpgradeDoor {
  const count = new OpeningCount({ sockets: config.MAX_SOCKETS, socketsPerAddress: config.MAX_SOCKETS_PER_ADDRESS })
  const open = new Set<Socket>()
  const closed = { received: 0, sent: 0 }
  let isClosed = false

  function refusalOf(request: IncomingMessage, address: string): DoorRefusal | undefined {
    const { origin, host, upgrade } = request.headers
    if (isClosed) return 'draining'
    if (config.TRUST_PROXY === 0 && request.headers['x-forwarded-for'] !== undefined) return 'untrusted-proxy'
    if (upgrade?.toLowerCase() !== 'websocket') return 'not-a-websocket'
    if (!isOriginAllowed(origin, host, { publicUrl: config.PUBLIC_URL, allowed: config.ALLOWED_ORIGINS })) return 'origin'
    return count.open(address, performance.now())
  }

  function onUpgrade(request: IncomingMessage, duplex: Duplex, head: Buffer): void {
    const socket = duplex as Socket
    socket.on('error', () => socket.destroy())
    const address = requestAddress(request, config.TRUST_PROXY)
    const refusal = refusalOf(request, address)
    if (refusal !== undefined) {
      onRefused(refusal)
      answer(socket, ...ANSWERS[refusal])
      return
    }
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      count.close(address)
      closed.received += socket.bytesRead
      closed.sent += socket.bytesWritten
    })
    if (request.url === DOORS_PATH) listener.open(request, socket, head, serveDoors)
    else listener.accept(seenFrom(request, address), socket, head)
  }

  return {
    onUpgrade,
    sockets: () => count.sockets,
    bytes: () => {
      const total = { ...closed }
      for (const socket of open) {
        total.received += socket.bytesRead
        total.sent += socket.bytesWritten
      }
      return total
    },
    close: () => {
      isClosed = true
    },
  }
}

/** The request as if the client had come without a proxy, so that libp2p knows connections by who made them. */
function seenFrom(request: IncomingMessage, remoteAddress: string): IncomingMessage {
  return Object.create(request, { socket: { value: { remoteAddress, remotePort: request.socket.remotePort } } })
}

function answer(socket: Socket, status: number, sentence: string): void {
  const body = `${sentence}\n`
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`
  socket.end(head + body)
}
