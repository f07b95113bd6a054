/** Side messages to and from all links, for as long as the room is open. */
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/link.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { SIDE_FRAME_BYTES } from '../../protocol/limits.ts'
import { type SideMessage, sideMessage } from '../../protocol/side-talk.ts'
import { hearLinks } from '../session/hear-links.ts'

export type From = { readonly tab: TabId; readonly device: DeviceId }
type Listener = (from: From, message: SideMessage) => void

export class SideTalk {
  readonly #links: Links
  readonly #listeners = new Set<Listener>()

  constructor(links: Links, clock: Clock, signal: AbortSignal) {
    this.#links = links
    hearLinks(
      {
        links,
        clock,
        name: 'side message',
        parse: (frame) => parseFrame(frame, sideMessage, SIDE_FRAME_BYTES),
        // The meeting's own messages are larger.
        skipsAboveBytes: SIDE_FRAME_BYTES,
        hear: ({ peer, device }, message) => {
          for (const listener of [...this.#listeners]) listener({ tab: peer, device }, message)
        },
      },
      signal,
    )
  }

  /** False when the link is not open, or takes nothing in. */
  tell(tab: TabId, message: SideMessage): boolean {
    return this.#links.get(tab)?.media.send(encodeFrame(message)) ?? false
  }

  onMessage(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
