/** What is learned over calls, loaded beside the meeting, which does not wait for it: until it is there, or where it cannot be loaded, everything goes as plans and links say. */
import type { PlannedRound } from '../../core/call/overlay/log-round.ts'
import type { Around, Balance, Decision } from '../../ports/balance.ts'
import type { MediaId } from '../../protocol/media.ts'
import type { Carrier, MediaNews, Want } from '../../protocol/media-worker.ts'
import type { MeetingFacts, MeetingMessage, MeetingPlaces } from '../../protocol/meeting.ts'
import type { BalanceOptions } from '../balance/open-balance.ts'

export class Learned {
  #balance: Balance | undefined
  /** What was said before it was there, the last of each kind by each member; and what was shown. */
  readonly #early = new Map<string, readonly [MediaId, MeetingMessage]>()
  readonly #shown = new Map<string, MediaNews>()

  constructor(options: BalanceOptions) {
    void load(options).then((balance) => {
      this.#balance = balance
      for (const [from, message] of this.#early.values()) balance?.heard(from, message)
      for (const news of this.#shown.values()) balance?.hear(news)
      this.#early.clear()
      this.#shown.clear()
    })
  }

  get firstCarrier(): Carrier {
    return this.#balance?.firstCarrier ?? 'channel'
  }

  get decisions(): readonly Decision[] {
    return this.#balance?.decisions ?? []
  }

  reroute(wants: readonly Want[], around: Around): readonly Want[] {
    return this.#balance?.reroute(wants, around) ?? wants
  }

  weigh(facts: MeetingFacts): MeetingFacts {
    return this.#balance === undefined ? facts : { ...facts, rtts: this.#balance.tellRtts(facts.rtts) }
  }

  hear(news: MediaNews): void {
    if (this.#balance !== undefined) this.#balance.hear(news)
    else if (news.t === 'shows') this.#shown.set(`${news.source} ${news.view}`, news)
  }

  /** `from` is in the call; of places: it conducts. */
  heard(from: MediaId, message: MeetingMessage): void {
    if (this.#balance === undefined) this.#early.set(`${from} ${message.t}`, [from, message])
    else this.#balance.heard(from, message)
  }

  planned(round: PlannedRound, others: readonly MediaId[], tell: (id: MediaId, places: MeetingPlaces) => boolean): void {
    this.#balance?.planned(round, others, tell)
  }
}

async function load(options: BalanceOptions): Promise<Balance | undefined> {
  try {
    const { openBalance } = await import('../balance/open-balance.ts')
    return await openBalance(options)
  } catch (error) {
    console.info('asterism: nothing is learned in this call', error)
    return undefined
  }
}
