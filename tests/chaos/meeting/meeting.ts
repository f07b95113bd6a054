/**
 * Five people talk, one of them over a thin line, so that somebody has to pass that one's picture on. In each round one dies without a
 * word: one who passes others' pictures on, if there is such a one by then. All who are left must go on seeing and hearing each other; how long they did not is what is measured. Then the
 * dead one comes again, as somebody new.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from 'playwright'
import { within } from '../../bench/meeting/crowd.ts'
import { longestGapMs, type Noted, takeNoted } from '../../bench/meeting/tap.ts'
import type { RelayProcess } from '../../e2e/relay-process.ts'
import { type Random, seededRandom } from '../../sim/random.ts'
import type { Outcome } from '../room.ts'
import { Participant } from './participant.ts'

const PEOPLE = 5
const MEET_MS = 60_000
const TALK_MS = 30_000
/** Before a death: what gaps this machine makes by itself. */
const QUIET_MS = 3_000
/** The machine does not change in every round. */
const QUIET_EVERY = 5
/** A plan is made by then. */
const CARRIED_MS = 5_000
/** One picture and some voices; four pictures are 2,400. */
const THIN_KBPS = 1_200
/** After it, at least. */
const AFTER_MS = 4_000
const GONE_MS = 30_000
/** Nothing for so long at the end of a round: they do not see or hear each other any more. */
const LOST_MS = 1_500
const SEEN_AGAIN_MS = 3_000

type Storm = { readonly rounds: number; readonly seed: number; readonly say: (line: string) => void }
type Gaps = { readonly pictureMs: number; readonly voiceMs: number }
type Round = {
  /** Measured now and then. */
  readonly quiet: Gaps | undefined
  readonly after: Gaps
  readonly goneMs: number
  readonly seenAgainMs: number
  readonly wasCarrier: boolean
}

export async function shakeMeeting(browser: Browser, relay: RelayProcess, { rounds, seed, say }: Storm): Promise<Outcome> {
  const outcome: Outcome = { rounds: 0, lostBytes: 0, wrongResults: 0, maxRecoveryMs: 0, failures: [] }
  const random = seededRandom(seed)
  const call = new StormyCall(browser, relay.origin)
  await call.open().catch((error: Error) => outcome.failures.push(`at the beginning: ${error.message.split('\n')[0]}`))
  const played: Round[] = []
  for (let n = 1; n <= rounds && outcome.failures.length === 0; n++) {
    outcome.rounds = n
    try {
      const round = await call.play(random, n % QUIET_EVERY === 1)
      played.push(round)
      say(`round ${n}: ${storyOf(round)}`)
      if (round.seenAgainMs > SEEN_AGAIN_MS) outcome.failures.push(`round ${n}: seen again after ${Math.round(round.seenAgainMs)} ms`)
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
      outcome.failures.push(`round ${n}: ${reason}`)
      say(`round ${n}: FAILED, ${reason}`)
    }
  }
  const most = (value: (round: Round) => number) => Math.round(Math.max(0, ...played.map(value)))
  outcome.maxRecoveryMs = most(({ after }) => after.pictureMs)
  outcome.figures = {
    maxPictureGapMs: outcome.maxRecoveryMs,
    maxVoiceGapMs: most(({ after }) => after.voiceMs),
    quietPictureGapMs: most(({ quiet }) => quiet?.pictureMs ?? 0),
    quietVoiceGapMs: most(({ quiet }) => quiet?.voiceMs ?? 0),
    maxGoneMs: most(({ goneMs }) => goneMs),
    maxSeenAgainMs: most(({ seenAgainMs }) => seenAgainMs),
    carriersKilled: played.filter(({ wasCarrier }) => wasCarrier).length,
  }
  return outcome
}

function storyOf({ quiet, after, goneMs, seenAgainMs, wasCarrier }: Round): string {
  const gaps = ({ pictureMs, voiceMs }: Gaps) => `${Math.round(pictureMs)} and ${Math.round(voiceMs)} ms`
  const who = wasCarrier ? 'a carrier' : 'somebody'
  return `${who} died; no picture and voice for ${gaps(after)}${quiet === undefined ? '' : ` (before it ${gaps(quiet)})`}, gone after ${Math.round(goneMs)} ms, seen again after ${Math.round(seenAgainMs)} ms`
}

class StormyCall {
  readonly #people: readonly Participant[]
  #link = ''

  constructor(browser: Browser, origin: string) {
    this.#people = Array.from(
      { length: PEOPLE },
      (_, n) => new Participant(browser, origin, `Person ${n + 1}`, n === 0 ? THIN_KBPS : undefined),
    )
  }

  async open(): Promise<void> {
    const [first, ...others] = this.#people
    this.#link = (await first?.enter()) ?? ''
    for (const one of others) await one.enter(this.#link)
    await this.#meet()
    await Promise.all(this.#people.map((one) => one.talk()))
    await within(TALK_MS, 'not everybody saw and heard everybody', Promise.all(this.#people.map((one) => this.#hasAll(one))))
  }

  async play(random: Random, withQuiet: boolean): Promise<Round> {
    const quiet = withQuiet ? await this.#watch(this.#people, () => wait(QUIET_MS)) : undefined
    const carriers = await this.#carriers()
    const carrying = this.#people.filter(({ tab }) => carriers.has(tab))
    const victim = random.pick(carrying.length > 0 ? carrying : this.#people)
    const left = this.#people.filter((one) => one !== victim)
    let goneMs = 0
    const after = await this.#watch(left, async () => {
      const { tab } = victim
      const diedMs = performance.now()
      await victim.die()
      const gone = Promise.all(left.map((one) => this.#misses(one, tab))).then(() => performance.now() - diedMs)
      goneMs = await within(GONE_MS, 'the dead one did not disappear', gone)
      await wait(Math.max(0, AFTER_MS - goneMs))
    })
    return { quiet, after, goneMs, seenAgainMs: await this.#comeAgain(victim, left), wasCarrier: carrying.length > 0 }
  }

  /** After a death and a coming it takes a moment until somebody has to carry again. */
  async #carriers(): Promise<ReadonlySet<string>> {
    const endMs = performance.now() + CARRIED_MS
    for (;;) {
      const carriers = new Set((await Promise.all(this.#people.map((one) => one.carriers()))).flat())
      if (carriers.size > 0 || performance.now() > endMs) return carriers
      await wait(200)
    }
  }

  /** The longest gaps of any pair. Throws when one does not see or hear another at the end. */
  async #watch(people: readonly Participant[], work: () => Promise<void>): Promise<Gaps> {
    await Promise.all(people.map(({ page }) => takeNoted(page)))
    const fromMs = wallMs()
    await work()
    const untilMs = wallMs()
    const noted = await Promise.all(people.map(({ page }) => takeNoted(page)))
    const gaps = noted.flatMap((one, n) =>
      people
        .filter((_, other) => other !== n)
        .map((other): Gaps => {
          const { pictures, sounds } = momentsOf(one, other.tab)
          for (const [what, moments] of Object.entries({ see: pictures, hear: sounds })) {
            if (untilMs - (moments.at(-1) ?? 0) > LOST_MS) throw new Error(`${people[n]?.name} does not ${what} ${other.name} any more`)
          }
          return { pictureMs: longestGapMs(pictures, fromMs, untilMs), voiceMs: longestGapMs(sounds, fromMs, untilMs) }
        }),
    )
    return { pictureMs: Math.max(...gaps.map(({ pictureMs }) => pictureMs)), voiceMs: Math.max(...gaps.map(({ voiceMs }) => voiceMs)) }
  }

  /** From turning the camera on to the moment the last of the others has a picture. */
  async #comeAgain(victim: Participant, left: readonly Participant[]): Promise<number> {
    await victim.enter(this.#link)
    await this.#meet()
    await Promise.all(left.map(({ page }) => takeNoted(page)))
    const fromMs = wallMs()
    await victim.talk()
    const seen = Promise.all(left.map((one) => this.#firstOf(one, victim.tab)))
    const seenMs = Math.max(...(await within(TALK_MS, 'the one who came again was not seen', seen)))
    await within(TALK_MS, 'the one who came again did not see and hear everybody', this.#hasAll(victim))
    return seenMs - fromMs
  }

  async #firstOf({ page }: Participant, tab: string): Promise<number> {
    for (;;) {
      const [first] = momentsOf(await takeNoted(page), tab).pictures
      if (first !== undefined) return first
      await wait(50)
    }
  }

  async #hasAll(one: Participant): Promise<void> {
    const missing = new Set(this.#people.filter((other) => other !== one).flatMap(({ tab }) => [`see ${tab}`, `hear ${tab}`]))
    while (missing.size > 0) {
      await wait(100)
      const { pictures, sounds } = await takeNoted(one.page)
      for (const tab of Object.keys(pictures)) missing.delete(`see ${tab}`)
      for (const tab of Object.keys(sounds)) missing.delete(`hear ${tab}`)
    }
  }

  async #misses(one: Participant, tab: string): Promise<void> {
    while (await one.shows(tab)) await wait(50)
  }

  async #meet(): Promise<void> {
    await within(MEET_MS, 'not everybody connected', Promise.all(this.#people.map((one) => one.meets(PEOPLE))))
  }
}

function momentsOf({ pictures, sounds }: Noted, tab: string): { readonly pictures: readonly number[]; readonly sounds: readonly number[] } {
  return { pictures: (pictures[tab] ?? []).map(({ atMs }) => atMs), sounds: sounds[tab] ?? [] }
}

function wallMs(): number {
  return performance.timeOrigin + performance.now()
}
