/**
 * The socket to the relay over which this tab is asked what programs ask at its doors. It is open while there is a door, and
 * opened again when it breaks: programs that are in stay in, as media does not go this way.
 */
import type { Clock } from '../../ports/clock.ts'
import { type Bytes, ownBytes, toBase64Url } from '../../protocol/bytes.ts'
import { DOORS_PATH, type DoorExchange, type DoorReply, type DoorWord, doorClaim, doorReply } from '../../protocol/doors.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import { DOOR_LINE_AGAIN_MAX_MS, DOOR_LINE_AGAIN_MS, DOOR_OPEN_MS } from '../../protocol/limits.ts'
import { DOOR_FRAME_BYTES } from '../../protocol/relay-limits.ts'

type Held = {
  readonly door: Bytes
  readonly onAsk: (asked: DoorExchange) => void
  readonly settle: (error?: RoomError) => void
  isOpen: boolean
}

export class DoorLine {
  readonly #address: string
  readonly #clock: Clock
  readonly #held = new Map<string, Held>()
  #socket: WebSocket | undefined
  #cancelAgain = () => {}
  #againMs = DOOR_LINE_AGAIN_MS

  constructor(origin: string, clock: Clock, signal: AbortSignal) {
    this.#address = origin.replace(/^http/, 'ws') + DOORS_PATH
    this.#clock = clock
    signal.addEventListener('abort', () => {
      this.#held.clear()
      this.#close()
    })
  }

  /** Resolves when programs find the door. Throws `relay-unreachable`. */
  async open(token: string, onAsk: (asked: DoorExchange) => void): Promise<void> {
    const door = await nameOf(token)
    const name = toBase64Url(door)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const settle = (error?: RoomError) => (error === undefined ? resolve() : reject(error))
    this.#held.set(name, { door, onAsk, settle, isOpen: false })
    const cancel = this.#clock.after(DOOR_OPEN_MS, () => settle(new RoomError('relay-unreachable', 'door')))
    if (this.#socket === undefined) this.#connect()
    else if (this.#socket.readyState === WebSocket.OPEN) this.say({ t: 'open', door })
    try {
      await promise
    } catch (error) {
      this.#drop(name)
      throw error
    } finally {
      cancel()
    }
  }

  async close(token: string): Promise<void> {
    const door = await nameOf(token)
    this.say({ t: 'close', door })
    this.#drop(toBase64Url(door))
  }

  say(word: DoorWord): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(encodeFrame(word))
  }

  #sayAgain(door: Bytes): void {
    if (this.#held.has(toBase64Url(door))) this.say({ t: 'open', door })
  }

  #drop(name: string): void {
    this.#held.delete(name)
    if (this.#held.size === 0) this.#close()
  }

  #close(): void {
    this.#cancelAgain()
    this.#socket?.close()
    this.#socket = undefined
  }

  #connect(): void {
    const socket = new WebSocket(this.#address)
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.#againMs = DOOR_LINE_AGAIN_MS
      for (const { door } of this.#held.values()) this.say({ t: 'open', door })
    }
    socket.onmessage = ({ data }) => {
      const parsed = data instanceof ArrayBuffer ? parseFrame(new Uint8Array(data), doorReply, DOOR_FRAME_BYTES) : undefined
      if (parsed?.kind === 'ok') this.#hear(parsed.message)
    }
    socket.onclose = () => {
      if (this.#socket !== socket) return
      this.#cancelAgain = this.#clock.after(this.#againMs, () => this.#connect())
      this.#againMs = Math.min(2 * this.#againMs, DOOR_LINE_AGAIN_MAX_MS)
    }
  }

  #hear(reply: DoorReply): void {
    const held = this.#held.get(toBase64Url(reply.door))
    switch (reply.t) {
      case 'opened':
        if (held === undefined) break
        held.isOpen = true
        held.settle()
        break
      case 'refused':
        held?.settle(new RoomError('relay-unreachable', `door ${reply.reason}`))
        // After a break the relay may believe in the earlier socket for a while.
        if (held?.isOpen) this.#clock.after(DOOR_LINE_AGAIN_MAX_MS, () => this.#sayAgain(reply.door))
        break
      default:
        if (held === undefined) this.say({ t: 'declined', exchange: reply.exchange, reason: 'unknown-session' })
        else held.onAsk(reply)
    }
  }
}

async function nameOf(token: string): Promise<Bytes> {
  return ownBytes(new Uint8Array(await crypto.subtle.digest('SHA-256', doorClaim(token))))
}
