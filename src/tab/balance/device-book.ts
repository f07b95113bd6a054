/**
 * The book of this device while a room is open: what happens is written into it and saved a little later, and it is asked by
 * names that mean something here alone. What was decided by it is kept for a look back.
 */
import type { Prior, Tallies } from '../../core/balance/choose-technique.ts'
import type { ClientProfile } from '../../core/balance/client-profile.ts'
import { type Member, memberSeen } from '../../core/balance/look-at-source.ts'
import { type BookNews, newsOfWay, noteInBook, type ProfileBook, talliesOf } from '../../core/balance/profile-book.ts'
import { takesRedirects } from '../../core/balance/shared-counts.ts'
import { NO_TALLY, type Outcome } from '../../core/balance/tally.ts'
import type { Decision } from '../../ports/balance.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link, Links } from '../../ports/link.ts'
import type { Presence } from '../../ports/room-state.ts'
import type { Technique } from '../../protocol/balance.ts'
import { type Bytes, toBase64Url } from '../../protocol/bytes.ts'
import { DECISIONS_KEPT, PROFILE_SAVE_MS } from '../../protocol/limits.ts'
import { type MediaId, mediaIdOf } from '../../protocol/media.ts'
import { Counted } from './counted.ts'
import { type KeptProfiles, type ProfileDrawer, saveProfiles } from './profile-store.ts'
import type { NetworkSeen } from './read-network.ts'
import { Salted } from './salted.ts'

export type BookParts = {
  readonly links: Links
  /** What members say that they do. */
  readonly presence: Pick<Presence, 'all'>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Of the relay, which is the page's. */
  readonly origin: string
  /** Keyed prefix of this tab's network as the relay tells it. */
  readonly segment: () => Bytes | undefined
  readonly drawer: ProfileDrawer
  readonly kept: KeptProfiles
  readonly seen: NetworkSeen
  readonly client: ClientProfile
  /** Between 0 and 1, one for each call. */
  readonly draw: number
}

export class DeviceBook {
  readonly decisions: Decision[] = []
  #book: ProfileBook
  readonly #parts: BookParts
  readonly #salted: Salted
  readonly #counted: Counted
  #cancelSave: (() => void) | undefined
  #isSaving = false
  /** There is news for another save after the one under way. */
  #isDue = false

  /** `onNames`: another name is known. */
  constructor(parts: BookParts, onNames: () => void) {
    this.#parts = parts
    this.#book = parts.kept.book
    const { clock, signal, client, origin, draw } = parts
    this.#counted = new Counted(parts.kept.told, { clock, signal, client, origin, draw, onChange: () => this.#saveSoon() })
    this.#salted = new Salted(parts.kept.salt, onNames)
    signal.addEventListener('abort', () => {
      if (this.#cancelSave !== undefined) void this.#save()
    })
  }

  get book(): ProfileBook {
    return this.#book
  }

  /** Wall clock: of what is kept. */
  get nowMs(): number {
    return this.#parts.clock.nowMs()
  }

  /** Undefined until it is known and hashed. */
  get network(): string | undefined {
    const { seen, segment } = this.#parts
    const told = segment()
    return this.#salted.name(`network ${seen.prefix ?? (told === undefined ? 'unknown' : toBase64Url(told))} ${seen.nat}`)
  }

  get tallies(): Tallies {
    return talliesOf(this.#book, this.#parts.client)
  }

  get priors(): ReadonlyMap<Technique, Prior> {
    return this.#counted.priors
  }

  /** Redirects work for this device; otherwise it takes everything from its source. */
  get takesRedirects(): boolean {
    const own = this.tallies.get('redirect') ?? NO_TALLY
    return takesRedirects(own, this.priors.get('redirect'), this.#parts.draw, this.nowMs)
  }

  linkOf(id: MediaId): Link | undefined {
    return this.#parts.links.all().find(({ peer }) => mediaIdOf(peer) === id)
  }

  nameOf(link: Link): string | undefined {
    // Hashing takes a moment: it is ready when it is needed.
    this.#passingOf(link)
    return this.#salted.name(link.device)
  }

  /** Undefined: there is no link to it, not even a dial. */
  memberOf(id: MediaId): Member | undefined {
    const link = this.linkOf(id)
    if (link === undefined) return undefined
    const names = { network: this.network, device: this.nameOf(link), passing: this.#passingOf(link) }
    const composes = this.#parts.presence.all().get(link.peer)?.composes ?? 0
    const seen = { isLinked: link.state === 'connected', isByServer: link.path === 'relayed', rttMs: link.rttMs, composes }
    return memberSeen(this.#book, names, seen, this.nowMs)
  }

  /** False: what that one should have passed on did not come, lately and in this network. */
  mayTakeFrom(id: MediaId): boolean {
    return this.memberOf(id)?.isBlocked !== true
  }

  noteTechnique(technique: Technique, parent: MediaId, outcome: Outcome): void {
    this.#counted.note(technique, outcome.kind === 'worked')
    const link = this.linkOf(parent)
    const way = { client: this.#parts.client, technique, network: this.network, passing: link && this.#passingOf(link) }
    for (const news of newsOfWay(this.#book, way, outcome)) this.note(news)
  }

  /** It passes on, and too little of it. */
  noteLossy(parent: MediaId): void {
    const { network } = this
    const link = this.linkOf(parent)
    const reflector = link && this.#passingOf(link)
    if (network !== undefined && reflector !== undefined) this.note({ kind: 'not-reached', network, reflector })
  }

  note(news: BookNews): void {
    this.#book = noteInBook(this.#book, news, this.nowMs)
    this.#saveSoon()
  }

  say(about: Decision['about'], why: string): void {
    if (this.decisions.at(-1)?.why === why) return
    this.decisions.push({ atMs: this.nowMs, about, why })
    if (this.decisions.length > DECISIONS_KEPT) this.decisions.shift()
  }

  /** That a link stands says nothing of what passes on it: a row of its own, for those that failed at it. */
  #passingOf(link: Link): string | undefined {
    return this.#salted.name(`passes on ${link.device}`)
  }

  #saveSoon(): void {
    this.#cancelSave ??= this.#parts.clock.after(PROFILE_SAVE_MS, () => void this.#save())
  }

  /** One at a time: each writes the whole book, and of two the earlier might be written last. */
  async #save(): Promise<void> {
    this.#cancelSave?.()
    this.#cancelSave = undefined
    this.#isDue = true
    if (this.#isSaving) return
    this.#isSaving = true
    const { drawer, kept } = this.#parts
    while (this.#isDue) {
      this.#isDue = false
      // What is learned is a comfort: where it cannot be kept it holds for this visit.
      await saveProfiles(drawer, { ...kept, book: this.#book, told: this.#counted.told }).catch(() => undefined)
    }
    this.#isSaving = false
  }
}
