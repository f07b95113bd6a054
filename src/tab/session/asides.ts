/**
 * What is written to some of a meeting: told to each of them over their own link, kept in memory alone. Who gets it says so, and
 * is told again until then; whoever may not say it here is not answered, as its act may still be on the way.
 */
import { cleanMessage } from '../../core/session/chat-text.ts'
import { beginTelling, lackingOf, noteRead, type Telling, tellAgain } from '../../core/session/tell-aside.ts'
import { asideOf, mayRead, readersOf, type Standing } from '../../core/session/who-reads.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link, Links } from '../../ports/link.ts'
import { type Aside, type AsideMessage, asideMessage } from '../../protocol/aside.ts'
import { type Bytes, toBase64Url } from '../../protocol/bytes.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { ASIDE_AGAIN_MS, ASIDE_FRAME_BYTES, ASIDES } from '../../protocol/limits.ts'
import { hearLinks } from './hear-links.ts'

/** `place`: what the chat says of where it was written, and what stood before it there. */
export type KeptAside<P> = {
  readonly id: string
  readonly from: DeviceId
  readonly text: string
  readonly atMs: number
  readonly place: P
  /** Those it has not come to. */
  readonly lacking: readonly DeviceId[]
}

export type AsidesParts<P> = {
  readonly links: Links
  readonly standing: () => Standing | undefined
  readonly placeOf: (aside: Aside) => P
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  readonly signal: AbortSignal
  readonly onChange: () => void
}

type Written = Extract<AsideMessage, { t: 'aside' }>

type Told = { readonly message: Written; readonly key: string; telling: Telling }

export class Asides<P> {
  readonly #parts: AsidesParts<P>
  #kept: readonly KeptAside<P>[] = []
  readonly #told = new Map<string, Told>()
  #again: (() => void) | undefined

  constructor(parts: AsidesParts<P>) {
    this.#parts = parts
    const { links, clock, signal } = parts
    hearLinks(
      {
        links,
        clock,
        name: 'aside',
        parse: (frame) => parseFrame(frame, asideMessage, ASIDE_FRAME_BYTES),
        skipsAboveBytes: ASIDE_FRAME_BYTES,
        hear: (link, message) => this.#hear(link, message),
      },
      signal,
    )
    signal.addEventListener('abort', () => this.#again?.())
  }

  get kept(): readonly KeptAside<P>[] {
    return this.#kept
  }

  /** False: this is nowhere where words are for some, and nothing was said. */
  send(text: string): boolean {
    const { standing, clock, random } = this.#parts
    const now = standing()
    const to = now && asideOf(now)
    if (now === undefined || to === undefined) return false
    const clean = cleanMessage(text)
    if (clean === '') return true
    const message = { t: 'aside', id: toBase64Url(random(12)), to, text: clean } as const
    const telling = beginTelling(readersOf(now, to), clock.monotonicMs())
    this.#told.set(message.id, { message, key: this.#keep(now.self.device, message), telling })
    this.#tell()
    return true
  }

  #hear(link: Link, message: AsideMessage): void {
    if (message.t === 'aside-read') this.#noteRead(link, message.id)
    else this.#take(link, message)
  }

  #take(link: Link, message: Written): void {
    const now = this.#parts.standing()
    const from = now?.others.find(({ tab }) => tab === link.peer)
    if (now === undefined || from === undefined || !mayRead(from, now.self, message.to, now)) return
    link.media.send(encodeFrame({ t: 'aside-read', id: message.id } satisfies AsideMessage))
    const isKnown = this.#kept.some(({ id }) => id === keyOf(link.device, message.id))
    if (!isKnown && cleanMessage(message.text) !== '') this.#keep(link.device, message)
  }

  #noteRead({ peer, device }: Link, id: string): void {
    const told = this.#told.get(id)
    const telling = told && noteRead(told.telling, peer, device)
    if (told !== undefined && telling !== undefined) this.#settle(told, telling)
  }

  /** To all who have not read it and still may; again until they have. */
  #tell(): void {
    const { standing, links, clock, signal } = this.#parts
    this.#again?.()
    this.#again = undefined
    const now = standing()
    for (const told of [...this.#told.values()]) {
      const readers = now === undefined ? [] : readersOf(now, told.message.to)
      const { next, to } = tellAgain(told.telling, readers, clock.monotonicMs())
      // Whoever is told may answer before the next one is.
      this.#settle(told, next)
      for (const tab of to) links.get(tab)?.media.send(encodeFrame(told.message))
    }
    if (this.#told.size > 0 && !signal.aborted) this.#again = clock.after(ASIDE_AGAIN_MS, () => this.#tell())
  }

  #settle(told: Told, telling: Telling): void {
    told.telling = telling
    const lacking = lackingOf(telling, this.#parts.clock.monotonicMs())
    if (telling.waiting.size === 0) this.#told.delete(told.message.id)
    const before = this.#kept.find(({ id }) => id === told.key)?.lacking ?? []
    if (before.join() === lacking.join()) return
    this.#kept = this.#kept.map((one) => (one.id === told.key ? { ...one, lacking } : one))
    this.#parts.onChange()
  }

  #keep(from: DeviceId, { id, text, to }: Written): string {
    const { clock, placeOf, onChange } = this.#parts
    const key = keyOf(from, id)
    const kept = { id: key, from, text: cleanMessage(text), atMs: clock.nowMs(), place: placeOf(to), lacking: [] }
    this.#kept = [...this.#kept, kept].slice(-ASIDES)
    onChange()
    return key
  }
}

/** Nobody's message stands for another's. */
function keyOf(from: DeviceId, id: string): string {
  return `${from}.${id}`
}
