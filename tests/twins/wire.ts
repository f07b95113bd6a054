/**
 * The wire in memory: tabs of one hub reach each other at once, in order, until a test cuts them apart. A test may also
 * stand in the middle and change, drop or repeat frames.
 */
import type { FrameStream, StreamHandler, Wire } from '../../src/ports/wire.ts'
import { type Bytes, ownBytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { TabId } from '../../src/protocol/ids.ts'

/** What arrives in place of `frame`. */
export type Middleman = (frame: Bytes, from: TabId, to: TabId) => readonly Bytes[]

type Handling = { readonly maxFrameBytes: number; readonly handler: StreamHandler }
type Ends = { readonly tabs: readonly [TabId, TabId]; readonly cut: (reason: Error) => void }

export class WireHub {
  middleman: Middleman = (frame) => [frame]
  readonly #handlings = new Map<string, Handling>()
  readonly #streams = new Set<Ends>()
  readonly #apart = new Set<string>()

  wire(self: TabId): Wire {
    return {
      self,
      open: (peer, protocol, options) => this.#open(self, peer, protocol, options.maxFrameBytes),
      handle: (protocol, { maxFrameBytes }, handler) => {
        this.#handlings.set(`${self} ${protocol}`, { maxFrameBytes, handler })
        return () => this.#handlings.delete(`${self} ${protocol}`)
      },
    }
  }

  /** Ends every stream between the two and lets no new one through until `mend`. */
  cut(a: TabId, b: TabId): void {
    this.#apart.add(pairKey(a, b))
    for (const stream of [...this.#streams]) {
      if (stream.tabs.includes(a) && stream.tabs.includes(b)) stream.cut(new Error('the wire was cut'))
    }
  }

  mend(a: TabId, b: TabId): void {
    this.#apart.delete(pairKey(a, b))
  }

  async #open(self: TabId, peer: TabId, protocol: string, maxFrameBytes: number): Promise<FrameStream> {
    await Promise.resolve()
    const handling = this.#handlings.get(`${peer} ${protocol}`)
    if (handling === undefined || this.#apart.has(pairKey(self, peer))) throw new Error(`no connection to ${peer}`)
    const here = new StreamEnd(peer, maxFrameBytes)
    const there = new StreamEnd(self, handling.maxFrameBytes)
    here.join(there, (frame) => this.middleman(frame, self, peer))
    there.join(here, (frame) => this.middleman(frame, peer, self))
    const ends: Ends = {
      tabs: [self, peer],
      cut: (reason) => {
        this.#streams.delete(ends)
        here.end(reason)
        there.end(reason)
      },
    }
    this.#streams.add(ends)
    queueMicrotask(() => handling.handler(there))
    return here
  }
}

class StreamEnd implements FrameStream {
  readonly peer: TabId
  readonly frames: AsyncIterable<Bytes>
  readonly #maxFrameBytes: number
  #other: StreamEnd | undefined
  #carry: (frame: Bytes) => readonly Bytes[] = (frame) => [frame]
  #waiting: Bytes[] = []
  #wake = () => {}
  #end: { reason?: Error } | undefined

  constructor(peer: TabId, maxFrameBytes: number) {
    this.peer = peer
    this.#maxFrameBytes = maxFrameBytes
    this.frames = this.#read()
  }

  join(other: StreamEnd, carry: (frame: Bytes) => readonly Bytes[]): void {
    this.#other = other
    this.#carry = carry
  }

  async send(frame: Uint8Array): Promise<void> {
    if (this.#end !== undefined) throw new Error('the stream is closed')
    for (const carried of this.#carry(ownBytes(frame.slice()))) this.#other?.take(carried)
  }

  close(): void {
    this.end()
    this.#other?.end()
  }

  abort(reason: Error): void {
    this.end(reason)
    this.#other?.end(new Error('the other side aborted'))
  }

  take(frame: Bytes): void {
    if (this.#end !== undefined) return
    if (frame.byteLength > this.#maxFrameBytes) this.abort(new RoomError('frame-too-large'))
    else this.#waiting.push(frame)
    this.#wake()
  }

  end(reason?: Error): void {
    this.#end ??= reason === undefined ? {} : { reason }
    this.#wake()
  }

  async *#read(): AsyncGenerator<Bytes> {
    while (true) {
      const frame = this.#waiting.shift()
      if (frame !== undefined) yield frame
      else if (this.#end?.reason !== undefined) throw this.#end.reason
      else if (this.#end !== undefined) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

function pairKey(a: TabId, b: TabId): string {
  return [a, b].sort().join(' ')
}
