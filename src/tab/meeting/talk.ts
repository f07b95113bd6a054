/** Meeting messages of all links, parsed at the door. Who floods or breaks the form is cut, as on any other channel. */
import type { Clock } from '../../ports/clock.ts'
import type { Link, Links } from '../../ports/link.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { TabId } from '../../protocol/ids.ts'
import { MEETING_FRAME_BYTES, MEETING_MESSAGES_PER_SECOND } from '../../protocol/limits.ts'
import { type MeetingMessage, meetingMessage } from '../../protocol/meeting.ts'

export type TalkParts = {
  readonly links: Links
  readonly clock: Clock
  readonly hear: (from: TabId, message: MeetingMessage) => void
}

export class Talk {
  readonly #parts: TalkParts
  readonly #heard = new Map<Link, () => void>()

  constructor(parts: TalkParts) {
    this.#parts = parts
  }

  follow(): void {
    const present = new Set(this.#parts.links.all())
    for (const [link, stop] of this.#heard) {
      if (present.has(link)) continue
      stop()
      this.#heard.delete(link)
    }
    for (const link of present) if (!this.#heard.has(link)) this.#heard.set(link, this.#listen(link))
  }

  /** False when the link is not open, or takes nothing in. */
  tell(tab: TabId, message: MeetingMessage): boolean {
    return this.#parts.links.get(tab)?.media.send(encodeFrame(message)) ?? false
  }

  #listen(link: Link): () => void {
    const { clock, hear } = this.#parts
    let second = { sinceMs: clock.monotonicMs(), count: 0 }
    return link.media.onMessage((frame) => {
      const nowMs = clock.monotonicMs()
      if (nowMs - second.sinceMs > 1_000) second = { sinceMs: nowMs, count: 0 }
      if (++second.count > MEETING_MESSAGES_PER_SECOND) return link.cut(new RoomError('flooded', 'meeting messages'))
      const parsed = parseFrame(new Uint8Array(frame), meetingMessage, MEETING_FRAME_BYTES)
      if (parsed.kind === 'ok') hear(link.peer, parsed.message)
      else if (parsed.reason !== 'frame-unknown') link.cut(new RoomError(parsed.reason, 'meeting message'))
    })
  }
}
