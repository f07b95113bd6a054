/**
 * libp2p over WebSockets that the HTTP server accepted: one public port for pages and sockets. libp2p's listener takes
 * no outside server, but it does take a socket from its `ws` server; its own loopback port, which it insists on, is
 * deaf. This reaches into the listener, so a test opens sockets through it whenever the package is raised.
 */
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Listener, Transport } from '@libp2p/interface'
import { type WebSocketsComponents, webSockets } from '@libp2p/websockets'
import { RELAY_MESSAGE_BYTES } from '../../protocol/relay-limits.ts'

/** Where libp2p believes it listens. Any free port: nothing answers there but 400. */
export const DEAF_ADDRESS = '/ip4/127.0.0.1/tcp/0/ws'

export type ServerSocket = {
  readonly bufferedAmount: number
  on(event: 'error' | 'close' | 'pong', listener: () => void): void
  on(event: 'message', listener: (data: Buffer) => void): void
  send(data: Uint8Array): void
  ping(): void
  close(code?: number, reason?: string): void
  terminate(): void
}

/** libp2p resets a connection by closing with this code, which `ws` refuses to send: the socket would stay for ever. */
const RESET = 1006

type UpgradeListener = Listener & {
  onWsServerConnection(socket: ServerSocket, request: IncomingMessage): void
  readonly wsServer: {
    readonly options: { maxPayload: number }
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (socket: ServerSocket) => void): void
  }
}

export class DirectListener {
  #listener: UpgradeListener | undefined

  /** Goes into libp2p's `transports`. */
  readonly transport = (components: WebSocketsComponents): Transport => {
    const transport = webSockets({ http: { shouldUpgradeCallback: () => false } })(components)
    const createListener = transport.createListener.bind(transport)
    transport.createListener = (options) => {
      const listener = createListener(options) as UpgradeListener
      assert(typeof listener.onWsServerConnection === 'function', 'the WebSocket listener takes sockets')
      // `ws` would buffer 100 MiB before Noise has a say.
      listener.wsServer.options.maxPayload = RELAY_MESSAGE_BYTES
      this.#listener = listener
      return listener
    }
    return transport
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.open(request, socket, head, (accepted) => {
      const close = accepted.close.bind(accepted)
      accepted.close = (code, reason) => (code === RESET ? accepted.terminate() : close(code, reason))
      this.#listener?.onWsServerConnection(accepted, request)
    })
  }

  /** A socket that is not for libp2p. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer, onOpen: (socket: ServerSocket) => void): void {
    const listener = this.#listener
    assert(listener !== undefined, 'libp2p has started')
    listener.wsServer.handleUpgrade(request, socket, head, (accepted) => {
      // Without this, one broken frame of a stranger would end the process.
      accepted.on('error', () => accepted.terminate())
      onOpen(accepted)
    })
  }
}
