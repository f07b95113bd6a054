/**
 * Messages of one kind that come over the meeting channels of all links, parsed at the door. Who floods or breaks the form is cut,
 * as on any other channel; what this kind does not know may be another's, or a newer tab's, and is left.
 */
import type { Clock } from '../../ports/clock.ts'
import type { Link, Links } from '../../ports/link.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { Parsed } from '../../protocol/frame.ts'
import { MEETING_MESSAGES_PER_SECOND } from '../../protocol/limits.ts'

export type HearParts<T> = {
  readonly links: Pick<Links, 'all'>
  readonly clock: Clock
  /** For the log, when a link is cut. */
  readonly name: string
  readonly parse: (frame: Uint8Array) => Parsed<T>
  /** Larger frames are of another kind that comes this way. */
  readonly skipsAboveBytes?: number
  readonly hear: (link: Link, message: T) => void
}

export class HeardLinks<T> {
  readonly #parts: HearParts<T>
  readonly #heard = new Map<Link, () => void>()

  constructor(parts: HearParts<T>) {
    this.#parts = parts
  }

  /** Links came or went. */
  follow(): void {
    const present = new Set(this.#parts.links.all())
    for (const [link, stop] of this.#heard) {
      if (present.has(link)) continue
      stop()
      this.#heard.delete(link)
    }
    for (const link of present) if (!this.#heard.has(link)) this.#heard.set(link, this.#listen(link))
  }

  stop(): void {
    for (const stop of this.#heard.values()) stop()
    this.#heard.clear()
  }

  #listen(link: Link): () => void {
    const { clock, name, parse, hear, skipsAboveBytes = Number.POSITIVE_INFINITY } = this.#parts
    let second = { sinceMs: clock.monotonicMs(), count: 0 }
    return link.media.onMessage((frame) => {
      if (frame.byteLength > skipsAboveBytes) return
      const nowMs = clock.monotonicMs()
      if (nowMs - second.sinceMs > 1_000) second = { sinceMs: nowMs, count: 0 }
      if (++second.count > MEETING_MESSAGES_PER_SECOND) return link.cut(new RoomError('flooded', `${name}s`))
      const parsed = parse(new Uint8Array(frame))
      if (parsed.kind === 'ok') hear(link, parsed.message)
      else if (parsed.reason !== 'frame-unknown') link.cut(new RoomError(parsed.reason, name))
    })
  }
}

/** The same, from now on until the signal, whatever links come and go. */
export function hearLinks<T>(parts: HearParts<T> & { readonly links: Links }, signal: AbortSignal): void {
  const heard = new HeardLinks(parts)
  heard.follow()
  const stop = parts.links.subscribe(() => heard.follow())
  signal.addEventListener('abort', () => {
    stop()
    heard.stop()
  })
}
