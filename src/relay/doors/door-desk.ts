/**
 * The tabs that hold doors, each with a socket, and the exchanges that wait for their answers. What programs and tabs say to
 * each other passes through unread and is kept nowhere.
 */
import { createHash } from 'node:crypto'
import { toBase64Url } from '../../protocol/bytes.ts'
import { type DoorExchange, type DoorReply, type DoorWord, doorClaim, doorWord } from '../../protocol/doors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import {
  DOOR_ANSWER_MS,
  DOOR_FRAME_BYTES,
  DOOR_SEND_QUEUE_BYTES,
  DOOR_WORDS,
  DOORLESS_MS,
  RELAY_PING_MS,
  RELAY_WINDOW_MS,
} from '../../protocol/relay-limits.ts'
import type { ServerSocket } from '../mesh/direct-listener.ts'
import { DoorBook, type TakeRefusal } from './door-book.ts'

export type DoorAnswer = Exclude<DoorWord, { t: 'open' | 'close' }>
/** `silent`: the tab said nothing in time, or went away. */
export type NoAnswer = { readonly t: 'none'; readonly reason: TakeRefusal | 'silent' }
type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never
export type DoorQuestion = Without<DoorExchange, 'exchange' | 'door'>

type Waiting = { readonly socket: ServerSocket; readonly settle: (answer: DoorAnswer | NoAnswer) => void }

export class DoorDesk {
  readonly #book = new DoorBook<ServerSocket>()
  readonly #sockets = new Set<ServerSocket>()
  readonly #waiting = new Map<number, Waiting>()
  readonly #onRefused: (reason: string) => void
  #lastExchange = 0

  constructor(onRefused: (reason: string) => void) {
    this.#onRefused = onRefused
  }

  get doors(): number {
    return this.#book.size
  }

  isOpen(token: string): boolean {
    return this.#book.has(toBase64Url(nameOf(token)))
  }

  async ask(token: string, question: DoorQuestion): Promise<DoorAnswer | NoAnswer> {
    const door = nameOf(token)
    const taken = this.#book.take(toBase64Url(door), performance.now())
    if (typeof taken === 'string') return { t: 'none', reason: taken }
    const { holder, giveBack } = taken
    const exchange = ++this.#lastExchange
    try {
      return await new Promise((settle) => {
        setTimeout(() => settle({ t: 'none', reason: 'silent' }), DOOR_ANSWER_MS).unref()
        this.#waiting.set(exchange, { socket: holder, settle })
        this.#say(holder, { ...question, exchange, door })
      })
    } finally {
      this.#waiting.delete(exchange)
      giveBack()
    }
  }

  /** From now on a tab's words about its doors are heard, and its doors end with its socket. */
  serve(socket: ServerSocket): void {
    this.#sockets.add(socket)
    const window = { words: 0, sinceMs: 0 }
    socket.on('message', (data) => {
      const nowMs = performance.now()
      if (nowMs - window.sinceMs >= RELAY_WINDOW_MS) Object.assign(window, { words: 0, sinceMs: nowMs })
      window.words += 1
      const parsed = parseFrame(data, doorWord, DOOR_FRAME_BYTES)
      if (parsed.kind === 'ok' && window.words <= DOOR_WORDS) return this.#hear(socket, parsed.message)
      this.#onRefused(parsed.kind === 'ok' ? 'too-fast' : parsed.reason)
      socket.terminate()
    })
    const stopWatching = this.#watch(socket)
    socket.on('close', () => {
      stopWatching()
      this.#sockets.delete(socket)
      this.#book.leave(socket)
      for (const waiting of this.#waiting.values()) if (waiting.socket === socket) waiting.settle({ t: 'none', reason: 'silent' })
    })
  }

  close(): void {
    for (const socket of this.#sockets) socket.close(1001)
  }

  #hear(socket: ServerSocket, word: DoorWord): void {
    switch (word.t) {
      case 'open': {
        const reason = this.#book.open(toBase64Url(word.door), socket)
        if (reason !== undefined) this.#onRefused(reason)
        this.#say(socket, reason === undefined ? { t: 'opened', door: word.door } : { t: 'refused', door: word.door, reason })
        break
      }
      case 'close':
        this.#book.close(toBase64Url(word.door), socket)
        break
      case 'begun':
      case 'done':
      case 'declined': {
        const waiting = this.#waiting.get(word.exchange)
        // Too late, or not this tab's to answer.
        if (waiting?.socket === socket) waiting.settle(word)
        break
      }
      default:
        word satisfies never
    }
  }

  #say(socket: ServerSocket, reply: DoorReply): void {
    if (socket.bufferedAmount > DOOR_SEND_QUEUE_BYTES) socket.terminate()
    else socket.send(encodeFrame(reply))
  }

  /** A tab that is gone without a word is found out, and one that holds no door is not kept. */
  #watch(socket: ServerSocket): () => void {
    let isAlive = true
    socket.on('pong', () => {
      isAlive = true
    })
    const doorless = setInterval(() => {
      if (this.#book.countOf(socket) === 0) socket.close(1000)
    }, DOORLESS_MS).unref()
    const pinging = setInterval(() => {
      if (!isAlive) return socket.terminate()
      isAlive = false
      socket.ping()
    }, RELAY_PING_MS).unref()
    return () => {
      clearInterval(doorless)
      clearInterval(pinging)
    }
  }
}

function nameOf(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(doorClaim(token)).digest())
}
