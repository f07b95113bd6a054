/** Side messages of all links, parsed at the door; who breaks the form or floods is cut, as on any other channel. */
import type { Clock } from '../../ports/clock.ts'
import type { Link, Links } from '../../ports/link.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { MEETING_MESSAGES_PER_SECOND, SIDE_FRAME_BYTES } from '../../protocol/limits.ts'
import { type SideMessage, sideMessage } from '../../protocol/side-talk.ts'
import { watchLinks } from '../link/watch-links.ts'

export type From = { readonly tab: TabId; readonly device: DeviceId }
type Listener = (from: From, message: SideMessage) => void

export class SideTalk {
  readonly #links: Links
  readonly #clock: Clock
  readonly #heard = new Map<Link, () => void>()
  readonly #listeners = new Set<Listener>()

  constructor(links: Links, clock: Clock, signal: AbortSignal) {
    this.#links = links
    this.#clock = clock
    const stop = watchLinks(links, () => this.#follow())
    this.#follow()
    signal.addEventListener('abort', () => {
      stop()
      for (const leave of this.#heard.values()) leave()
    })
  }

  /** False when the link is not open, or takes nothing in. */
  tell(tab: TabId, message: SideMessage): boolean {
    return this.#links.get(tab)?.media.send(encodeFrame(message)) ?? false
  }

  onMessage(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #follow(): void {
    const present = new Set(this.#links.all())
    for (const [link, leave] of this.#heard) {
      if (present.has(link)) continue
      leave()
      this.#heard.delete(link)
    }
    for (const link of present) if (!this.#heard.has(link)) this.#heard.set(link, this.#listen(link))
  }

  #listen(link: Link): () => void {
    let second = { sinceMs: this.#clock.monotonicMs(), count: 0 }
    return link.media.onMessage((frame) => {
      // The meeting's own messages come this way too, and are larger.
      if (frame.byteLength > SIDE_FRAME_BYTES) return
      const nowMs = this.#clock.monotonicMs()
      if (nowMs - second.sinceMs > 1_000) second = { sinceMs: nowMs, count: 0 }
      if (++second.count > MEETING_MESSAGES_PER_SECOND) return link.cut(new RoomError('flooded', 'side messages'))
      const parsed = parseFrame(new Uint8Array(frame), sideMessage, SIDE_FRAME_BYTES)
      if (parsed.kind === 'ok') for (const tell of [...this.#listeners]) tell({ tab: link.peer, device: link.device }, parsed.message)
      else if (parsed.reason !== 'frame-unknown') link.cut(new RoomError(parsed.reason, 'side message'))
    })
  }
}
