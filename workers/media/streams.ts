/** The streams that go through this tab, each made when it is first needed. */
import { keepNewest } from '../../src/protocol/keep-newest.ts'
import { SUBSCRIPTIONS_PER_HOP } from '../../src/protocol/limits.ts'
import { type StreamId, streamKey } from '../../src/protocol/media.ts'
import type { Taker } from './own-pictures.ts'
import { Stream, type StreamPorts } from './stream.ts'

export class Streams {
  readonly #portsOf: (id: StreamId) => StreamPorts
  readonly #streams = new Map<string, Stream>()
  /** How far each stream opened that is not here now: no older recording of it is taken for news. */
  readonly #floors = new Map<string, number>()

  constructor(portsOf: (id: StreamId) => StreamPorts) {
    this.#portsOf = portsOf
  }

  get all(): Iterable<Stream> {
    return this.#streams.values()
  }

  get isEmpty(): boolean {
    return this.#streams.size === 0
  }

  get(stream: StreamId): Stream | undefined {
    return this.#streams.get(streamKey(stream))
  }

  made({ source, layer }: StreamId): Stream {
    const key = streamKey({ source, layer })
    const id = { source, layer }
    const stream = this.#streams.get(key) ?? new Stream(id, this.#portsOf(id), this.#floors.get(key))
    this.#streams.set(key, stream)
    return stream
  }

  /** Each with what it takes of this source. */
  takersOf({ source, layer }: StreamId): readonly Taker[] {
    const all = [...this.#streams.values()].filter(({ id }) => id.source === source)
    const hops = all.find(({ id }) => id.layer === layer)?.children.keys() ?? []
    return [...hops].map((hop) => ({
      budgetKbps: hop.traffic.budgetKbps,
      takes: all.filter(({ children }) => children.has(hop)).map(({ id }) => id.layer),
    }))
  }

  drop(stream: StreamId): void {
    const key = streamKey(stream)
    const floor = this.#streams.get(key)?.floor
    this.#streams.delete(key)
    if (floor !== undefined) this.#floors.set(key, floor)
    keepNewest(this.#floors, SUBSCRIPTIONS_PER_HOP)
  }

  clear(): void {
    this.#streams.clear()
    this.#floors.clear()
  }
}
