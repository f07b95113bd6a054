/**
 * While somebody joins a room the tab dies that the last newcomer met first: the one that this newcomer is about to dial, dials, or was
 * just let in by. Measured is how long it takes until the newcomer is connected to one who is left.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from 'playwright'
import { type Device, joinByApi, makeDevice, seeMembers, startByApi } from '../../e2e/device.ts'
import type { Random } from '../../sim/random.ts'
import { crash } from '../crash.ts'
import { nothingYet, type Outcome, reasonOf } from '../outcome.ts'
import type { Storm } from './room.ts'

const JOIN_MS = 3_000
const MEMBERS = 3
const SETTLE_MS = 30_000
/** From the beginning of a join; later the newcomer is in. */
const DIES_WITHIN_MS = 300

export async function killEntries(browser: Browser, origin: string, { rounds, say }: Storm, random: Random): Promise<Outcome> {
  const outcome = nothingYet()
  const joins = { usualMs: 0, entryMs: 0 }
  const room = new EnteredRoom(browser, origin)
  try {
    joins.usualMs = await room.open()
    for (let n = 1; n <= rounds; n++) {
      outcome.rounds = n
      const diesAfterMs = random.below(DIES_WITHIN_MS)
      const joinMs = await room.loseEntry(diesAfterMs)
      joins.entryMs = Math.max(joins.entryMs, joinMs)
      say(`entry ${n}: it died ${diesAfterMs} ms after a newcomer set out, who was in after ${Math.round(joinMs)} ms`)
      if (joinMs > JOIN_MS) outcome.failures.push(`entry ${n}: joining took ${Math.round(joinMs)} ms`)
    }
  } catch (error) {
    outcome.failures.push(`entry ${outcome.rounds}: ${reasonOf(error)}`)
  } finally {
    await room.close()
  }
  outcome.maxRecoveryMs = joins.entryMs
  outcome.figures = {
    entriesKilled: outcome.rounds,
    maxEntryJoinMs: Math.round(joins.entryMs),
    maxUsualJoinMs: Math.round(joins.usualMs),
  }
  return outcome
}

class EnteredRoom {
  readonly #browser: Browser
  readonly #origin: string
  readonly #devices: Device[] = []
  #born = 0
  #link = ''
  #entryTab = ''

  constructor(browser: Browser, origin: string) {
    this.#browser = browser
    this.#origin = origin
  }

  /** Gives how long the slowest took to join, with nobody dying. */
  async open(): Promise<number> {
    const founder = await this.#newDevice()
    this.#devices.push(founder)
    this.#link = await startByApi(founder)
    let usualMs = 0
    while (this.#devices.length < MEMBERS) usualMs = Math.max(usualMs, await this.#come(await this.#newDevice()))
    await this.#settle()
    return usualMs
  }

  async close(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.close()))
  }

  /** The page of the newcomer stands before, as that of anybody who has a link open. */
  async loseEntry(diesAfterMs: number): Promise<number> {
    const newcomer = await this.#newDevice()
    const tabs = await Promise.all(this.#devices.map(tabOf))
    const [entry] = this.#devices.splice(Math.max(0, tabs.indexOf(this.#entryTab)), 1)
    if (entry === undefined) throw new Error('nobody to come in by')
    const dead = await tabOf(entry)
    const died = wait(diesAfterMs).then(() => crash(entry.page))
    const joinMs = await this.#come(newcomer, dead)
    await died
    await entry.close()
    await this.#settle()
    return joinMs
  }

  /** Gives how long it took until it was connected to one of the others. */
  async #come(device: Device, notTo = ''): Promise<number> {
    const startedAtMs = performance.now()
    await joinByApi(device, this.#link)
    this.#devices.push(device)
    const met = await device.page.waitForFunction(
      (notTo) => asterism.room.members.find(({ isMe, connection, tab }) => !isMe && connection === 'here' && tab !== notTo)?.tab,
      notTo,
      { timeout: SETTLE_MS, polling: 20 },
    )
    this.#entryTab = (await met.jsonValue()) ?? ''
    return performance.now() - startedAtMs
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#devices.map((device) => seeMembers(device, this.#devices.length, SETTLE_MS)))
  }

  async #newDevice(): Promise<Device> {
    return makeDevice(await this.#browser.newContext(), `Device ${++this.#born}`, this.#origin)
  }
}

function tabOf({ page }: Device): Promise<string> {
  return page.evaluate(() => asterism.room.me.tab)
}
