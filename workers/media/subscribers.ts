/** What each hop asked for last, for as long as it goes on saying so: it may ask for a stream before we take it, or while it is barred. */
import { SUBSCRIPTION_MS, SUBSCRIPTIONS_PER_HOP } from '../../src/protocol/limits.ts'
import { type MediaId, type StreamId, type Subscription, streamKey } from '../../src/protocol/media.ts'
import type { Hop } from './hop.ts'

type Subscribed = { readonly wanted: readonly Subscription[]; readonly untilMs: number }

export class Subscribers {
  readonly #subscribed = new Map<Hop, Subscribed>()
  #barred: ReadonlySet<MediaId> = new Set()
  #said = ''
  /** Since it was said what is asked. */
  #isChanged = false

  get hops(): Iterable<Hop> {
    return this.#subscribed.keys()
  }

  /** Undefined for one that is barred: it asks for nothing that counts. */
  get(hop: Hop): Subscribed | undefined {
    return this.#barred.has(hop.id) ? undefined : this.#subscribed.get(hop)
  }

  /** Takes the place of those barred before. Gives their hops. */
  bar(ids: readonly MediaId[]): readonly Hop[] {
    this.#barred = new Set(ids)
    this.#isChanged = true
    return [...this.#subscribed.keys()].filter(({ id }) => this.#barred.has(id))
  }

  /** Takes the place of what it asked for before. Gives what it asks for no more. */
  set(hop: Hop, wanted: readonly Subscription[], nowMs: number): readonly StreamId[] {
    const keys = new Set(wanted.map(streamKey))
    const before = this.#subscribed.get(hop)?.wanted ?? []
    const released = before.filter((one) => !keys.has(streamKey(one)))
    this.#subscribed.set(hop, { wanted, untilMs: nowMs + SUBSCRIPTION_MS })
    // It says the same again and again.
    if (released.length > 0 || new Set(before.map(streamKey)).size !== keys.size) this.#isChanged = true
    return released
  }

  delete(hop: Hop): void {
    this.#isChanged = this.#subscribed.delete(hop) || this.#isChanged
  }

  check(nowMs: number): void {
    for (const [hop, { untilMs }] of this.#subscribed) if (nowMs > untilMs) this.delete(hop)
  }

  clear(): void {
    this.#subscribed.clear()
  }

  /** Streams of others that are asked of this tab; undefined: those said before. */
  foreign(self: MediaId): readonly StreamId[] | undefined {
    if (!this.#isChanged) return undefined
    this.#isChanged = false
    const all = [...this.#subscribed.keys()].flatMap((hop) => this.get(hop)?.wanted ?? []).filter(({ source }) => source !== self)
    const streams = new Map(all.map((one) => [streamKey(one), { source: one.source, layer: one.layer }]))
    const said = [...streams.keys()].toSorted().join()
    if (said === this.#said) return undefined
    this.#said = said
    return [...streams.values()].slice(0, SUBSCRIPTIONS_PER_HOP)
  }
}
