/**
 * Eight devices keep files while devices die at random moments, as many at once as the file's profile says it can bear.
 * What was acknowledged is read back and compared while they are dead, when they are back, and for some rounds after; a
 * fortnight then passes, so that who did not come back counts as lost, and the room makes new copies.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from 'playwright'
import type { FileId } from '../../../src/protocol/ids.ts'
import { LOST_MS } from '../../../src/protocol/limits.ts'
import type { RelayProcess } from '../../e2e/relay-process.ts'
import { seededRandom } from '../../sim/random.ts'
import type { Outcome } from '../outcome.ts'
import { describeFile, putFile, readHash, waitForFloor } from './files.ts'
import { type Death, describeRound, type Moment, type Round, roundOf, SEATS } from './script.ts'
import { Seat } from './seat.ts'

/** Files of earlier rounds that must still be there. */
const FILES_KEPT = 3
const MEET_MS = 45_000
/** A device that died in the put may be one that the plan needs: then nothing is acknowledged before it is back or given up. */
const PATIENCE_MS = 8_000
const ACKNOWLEDGE_MS = 90_000
const READ_MS = 60_000
const FLOOR_MS = 60_000
const LARGE_BYTES = 100_000_000
/** Rounds from which the run ends with a large file. */
const LARGE_FROM = 10
const DAMAGED_FRAGMENTS = 12

type Kept = { readonly id: FileId; readonly hash: string; readonly bytes: number; readonly spare: number }
export type Storm = { readonly rounds: number; readonly seed: number; readonly say: (line: string) => void }

export async function shakeStorage(browser: Browser, relay: RelayProcess, { rounds, seed, say }: Storm): Promise<Outcome> {
  const outcome: Outcome = { rounds: 0, lostBytes: 0, wrongResults: 0, maxRecoveryMs: 0, failures: [] }
  const room = new StormyRoom(browser, relay.origin, outcome, say)
  await room.open()
  for (let n = 0; n < rounds && outcome.failures.length === 0; n++) {
    outcome.rounds = n + 1
    await room.play(roundOf(seed + n))
  }
  if (rounds >= LARGE_FROM && outcome.failures.length === 0) await room.play(largeRound(seed))
  return outcome
}

function nameOf({ seed }: Round): string {
  return `file of ${seed}`
}

/** 100 MB and two devices that never come back. */
function largeRound(seed: number): Round {
  const deaths = [2, 3].map((seat): Death => ({ seat, moment: 'spread', afterMs: 0, fate: 'lost' }))
  return { seed, profile: 'raid6', bytes: LARGE_BYTES, putter: 0, spare: 2, until: 'spread', deaths, reader: 1 }
}

class StormyRoom {
  readonly #seats: readonly Seat[]
  readonly #outcome: Outcome
  readonly #say: (line: string) => void
  #files: Kept[] = []
  #link = ''
  #aheadMs = 0

  constructor(browser: Browser, origin: string, outcome: Outcome, say: (line: string) => void) {
    this.#seats = Array.from({ length: SEATS }, (_, n) => new Seat(browser, origin, `Device ${n}`))
    this.#outcome = outcome
    this.#say = say
  }

  async open(): Promise<void> {
    const [first, ...others] = this.#seats
    this.#link = (await first?.enter()) ?? ''
    for (const seat of others) await seat.enter(this.#link)
    await this.#meet()
  }

  async play(round: Round): Promise<void> {
    const startedAtMs = performance.now()
    try {
      const recoveryMs = await this.#play(round)
      this.#outcome.maxRecoveryMs = Math.max(this.#outcome.maxRecoveryMs, recoveryMs)
      const tookMs = Math.round(performance.now() - startedAtMs)
      this.#say(`${describeRound(round)}: floor after ${Math.round(recoveryMs)} ms, ${tookMs} ms in all`)
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
      this.#outcome.failures.push(`${describeRound(round)}: ${reason}`)
      this.#say(`${describeRound(round)}: FAILED, ${reason}`)
      for (const seat of this.#seats) this.#say(`  ${seat.name}: ${seat.isAlive ? await describeFile(seat.page, nameOf(round)) : 'dead'}`)
    }
  }

  async #play(round: Round): Promise<number> {
    const { profile, bytes, until, spare } = round
    const dying = (moment: Moment) => round.deaths.filter((death) => death.moment === moment)
    const putting = putFile(this.#at(round.putter).page, { name: nameOf(round), bytes, profile, until })
    // It is awaited below, after others have died.
    putting.catch(() => {})
    await this.#kill(dying('put'))
    const { id, hash } = await this.#acknowledged(putting, dying('put'))
    this.#files.push({ id, hash, bytes, spare })

    await this.#kill(dying('spread'))
    const reading = spare === 0 ? undefined : this.#compare(round.reader, id)
    await this.#kill(dying('read'))
    await reading

    const startedAtMs = performance.now()
    await this.#meetFates(round.deaths)
    for (const file of this.#files) await waitForFloor(this.#at(round.reader).page, file.id, file.spare, FLOOR_MS)
    const recoveryMs = performance.now() - startedAtMs
    const readers = seededRandom(round.seed).shuffled(this.#seats.keys().toArray())
    for (const [n, file] of this.#files.entries()) await this.#compare(readers[n % SEATS] ?? 0, file.id)
    await this.#forgetOldest(round.reader)
    return round.deaths.length === 0 ? 0 : recoveryMs
  }

  #at(seat: number): Seat {
    const one = this.#seats[seat]
    if (one === undefined) throw new Error(`no seat ${seat}`)
    return one
  }

  async #kill(deaths: readonly Death[]): Promise<void> {
    await Promise.all(deaths.map(({ seat, afterMs }) => wait(afterMs).then(() => this.#at(seat).die())))
  }

  async #acknowledged<T>(putting: Promise<T>, dead: readonly Death[]): Promise<T> {
    const isDone = await Promise.race([putting.then(() => true), wait(PATIENCE_MS, false, { ref: false })])
    if (!isDone) await this.#meetFates(dead)
    const late = wait(ACKNOWLEDGE_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('it was never acknowledged')))
    return Promise.race([putting, late])
  }

  /** Who comes back does; then, where somebody does not, a fortnight passes and a new device takes the place. */
  async #meetFates(deaths: readonly Death[]): Promise<void> {
    const dead = deaths.filter(({ seat }) => !this.#at(seat).isAlive)
    const isLoss = dead.some(({ fate }) => fate === 'lost')
    for (const { seat, fate } of dead) {
      const one = this.#at(seat)
      if (fate === 'damaged') await one.rot(DAMAGED_FRAGMENTS)
      if (fate === 'lost') await one.wipe()
    }
    if (isLoss) {
      // Who was not missed yet would count as seen at the end of that fortnight.
      await this.#meet()
      this.#aheadMs += LOST_MS + 60_000
      await Promise.all(this.#seats.map((one) => one.setClockAhead(this.#aheadMs)))
    }
    await Promise.all(dead.map(({ seat }) => this.#at(seat).enter(this.#link)))
    await this.#meet()
  }

  /** Everybody alive sees everybody alive, and nobody else. */
  async #meet(): Promise<void> {
    const alive = this.#seats.filter(({ isAlive }) => isAlive)
    const isMet = (count: number) => asterism.room?.members.filter((one) => one.isMe || one.connection === 'here').length === count
    await Promise.all(alive.map(({ page }) => page.waitForFunction(isMet, alive.length, { timeout: MEET_MS, polling: 100 })))
  }

  async #compare(seat: number, id: FileId): Promise<void> {
    const file = this.#files.find((one) => one.id === id)
    if (file === undefined) return
    const hash = await readHash(this.#at(seat).page, id, READ_MS).catch((error: Error) => {
      this.#outcome.lostBytes += file.bytes
      throw error
    })
    if (hash === file.hash) return
    this.#outcome.wrongResults++
    throw new Error(`device ${seat} read other bytes`)
  }

  async #forgetOldest(seat: number): Promise<void> {
    const old = this.#files.slice(0, -FILES_KEPT)
    this.#files = this.#files.slice(-FILES_KEPT)
    for (const { id } of old) await this.#at(seat).page.evaluate((id) => asterism.room.files.remove(id), id)
  }
}
