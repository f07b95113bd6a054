/**
 * How many sockets each address has and how fast it opens them. One browser may reconnect often; one address may not
 * take the relay away from everybody else.
 */
import { RELAY_ADDRESSES_COUNTED, RELAY_OPENINGS_PER_ADDRESS, RELAY_WINDOW_MS } from '../protocol/relay-limits.ts'

export type SocketBounds = { readonly sockets: number; readonly socketsPerAddress: number }
export type OpeningRefusal = 'too-many-sockets' | 'too-many-sockets-of-address' | 'too-fast'

export class OpeningCount {
  readonly #bounds: SocketBounds
  readonly #open = new Map<string, number>()
  readonly #opened = new Map<string, number>()
  #sockets = 0
  #windowStartMs = 0

  constructor(bounds: SocketBounds) {
    this.#bounds = bounds
  }

  get sockets(): number {
    return this.#sockets
  }

  /** Counts the socket and gives undefined, or counts nothing and gives the reason. */
  open(address: string, nowMs: number): OpeningRefusal | undefined {
    if (nowMs - this.#windowStartMs >= RELAY_WINDOW_MS || this.#opened.size >= RELAY_ADDRESSES_COUNTED) {
      this.#opened.clear()
      this.#windowStartMs = nowMs
    }
    const open = this.#open.get(address) ?? 0
    const opened = this.#opened.get(address) ?? 0
    if (opened >= RELAY_OPENINGS_PER_ADDRESS) return 'too-fast'
    if (this.#sockets >= this.#bounds.sockets) return 'too-many-sockets'
    if (open >= this.#bounds.socketsPerAddress) return 'too-many-sockets-of-address'
    this.#opened.set(address, opened + 1)
    this.#open.set(address, open + 1)
    this.#sockets += 1
    return undefined
  }

  close(address: string): void {
    const open = (this.#open.get(address) ?? 0) - 1
    if (open > 0) this.#open.set(address, open)
    else this.#open.delete(address)
    this.#sockets -= 1
  }
}
