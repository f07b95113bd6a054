/**
 * Meeting messages to and from all links. To a tab without a link they go by one who has links to both, and from it they are
 * taken that way only.
 */
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/link.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { TabId } from '../../protocol/ids.ts'
import { MEETING_FRAME_BYTES, PASSED_FRAME_BYTES, SENDER_KEYS } from '../../protocol/limits.ts'
import { KEY_KINDS, type MediaId, mediaIdOf } from '../../protocol/media.ts'
import { type MeetingMessage, meetingMessage } from '../../protocol/meeting.ts'
import { HeardLinks } from '../session/hear-links.ts'

export type TalkParts = {
  readonly links: Links
  readonly clock: Clock
  readonly hear: (from: TabId, message: MeetingMessage) => void
  /** Of all tabs of the room: whoever joins the call may be heard before that is known. */
  readonly tabOf: (id: MediaId) => TabId | undefined
  /** Tabs that may have a way to this one, the best first. */
  readonly bridges: (tab: TabId) => readonly TabId[]
}

/** One may not reach it after all; what comes twice is as said once. */
const BRIDGES_TOLD = 2

/** Presence takes up to a few seconds to everybody. */
const PASS_AGAIN_MS = [500, 2_000, 8_000]

/** Older ones open nothing any more. */
const KEYS_KEPT = SENDER_KEYS * KEY_KINDS.length

export class Talk {
  readonly #parts: TalkParts
  readonly #heard: HeardLinks<MeetingMessage>
  /** Keys that went by others. Said again when the link is there: the other side may have had it already, and not listened to them. */
  readonly #passed = new Map<TabId, readonly MeetingMessage[]>()

  constructor(parts: TalkParts) {
    this.#parts = parts
    this.#heard = new HeardLinks({
      links: parts.links,
      clock: parts.clock,
      name: 'meeting message',
      parse: (frame) => parseFrame(frame, meetingMessage, MEETING_FRAME_BYTES),
      hear: ({ peer }, message) => this.#hear(peer, message),
    })
  }

  follow(): void {
    this.#heard.follow()
    for (const [tab, keys] of this.#passed) {
      const hasLeft = this.#parts.tabOf(mediaIdOf(tab)) === undefined
      if (hasLeft || keys.every((key) => this.#say(tab, key))) this.#passed.delete(tab)
    }
  }

  /** False when the link is not open, or takes nothing in. `mayRead`: whether one who passes it on may know it. */
  tell(tab: TabId, message: MeetingMessage, mayRead: (bridge: TabId) => boolean = () => true): boolean {
    if (this.#say(tab, message)) return true
    const { bridges } = this.#parts
    const frame = encodeFrame(message)
    if (frame.byteLength > PASSED_FRAME_BYTES) return false
    const pass: MeetingMessage = { t: 'pass', to: mediaIdOf(tab), frame }
    const passed = bridges(tab)
      .filter(mayRead)
      .slice(0, BRIDGES_TOLD)
      .map((bridge) => this.#say(bridge, pass))
    if (!passed.includes(true)) return false
    if (message.t === 'key') this.#sayAgain(tab, message, pass, mayRead)
    return true
  }

  /** Nobody says whether it came: who passes it on, or takes it, may not know yet of whom it speaks. */
  #sayAgain(tab: TabId, key: MeetingMessage, pass: MeetingMessage, mayRead: (bridge: TabId) => boolean): void {
    const { clock, bridges } = this.#parts
    this.#passed.set(tab, [...(this.#passed.get(tab) ?? []), key].slice(-KEYS_KEPT))
    for (const delayMs of PASS_AGAIN_MS) {
      clock.after(delayMs, () => {
        if (!this.#passed.get(tab)?.includes(key)) return
        for (const bridge of bridges(tab).filter(mayRead).slice(0, BRIDGES_TOLD)) this.#say(bridge, pass)
      })
    }
  }

  #say(tab: TabId, message: MeetingMessage): boolean {
    return this.#parts.links.get(tab)?.media.send(encodeFrame(message)) ?? false
  }

  #hear(from: TabId, message: MeetingMessage): void {
    const { hear, links, tabOf } = this.#parts
    if (message.t === 'pass') {
      const to = tabOf(message.to)
      if (to !== undefined && to !== from) this.#say(to, { t: 'passed', from: mediaIdOf(from), frame: message.frame })
    } else if (message.t === 'passed') {
      const first = tabOf(message.from)
      const inner = parseFrame(message.frame, meetingMessage, PASSED_FRAME_BYTES)
      // Who has a link speaks for itself.
      if (first === undefined || links.get(first)?.state === 'connected' || inner.kind === 'refused') return
      if (inner.message.t !== 'pass' && inner.message.t !== 'passed') hear(first, inner.message)
    } else hear(from, message)
  }
}
