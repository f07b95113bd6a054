/**
 * A room of real tabs in which something happens every round: the relay dies or comes back, a device comes or goes
 * without a word, a file is added. After each, all who are left must see each other again and hold every file. Which
 * things happen follows from the seed; how long they take does not. First of all, and whenever chance says so, the tab crashes that the
 * newest was introduced by, and at that moment somebody comes.
 */
import type { Browser } from 'playwright'
import { type Device, joinByApi, makeDevice, seeMembers, startByApi } from '../e2e/device.ts'
import { hashOfFile, putRandomFile, waitForHeld } from '../e2e/files.ts'
import type { RelayProcess } from '../e2e/relay-process.ts'
import type { Random } from '../sim/random.ts'

/** Two cores carry this many tabs and still answer. */
const DEVICES = 4
const RECOVERY_MS = 60_000
const FILE_BYTES = 2 * 1024 * 1024
/** Until the first connection of whoever comes while the tab dies that the last one came in by. */
const JOIN_MS = 3_000

export type Outcome = {
  rounds: number
  lostBytes: number
  wrongResults: number
  maxRecoveryMs: number
  failures: string[]
  /** What else this storm tells, by name. */
  figures?: Readonly<Record<string, number>>
}

type StoredFile = { readonly id: string; readonly hash: string }
type Act = { readonly name: string; readonly isPossible: () => boolean; readonly run: () => Promise<void> }

export async function shakeRoom(
  browser: Browser,
  relay: RelayProcess,
  options: { rounds: number; random: Random; say: (line: string) => void },
): Promise<Outcome> {
  const { random, say } = options
  const outcome: Outcome = { rounds: 0, lostBytes: 0, wrongResults: 0, maxRecoveryMs: 0, failures: [] }
  const devices: Device[] = []
  const files: StoredFile[] = []
  let born = 0
  const newDevice = () => browser.newContext().then((context) => makeDevice(context, `Device ${++born}`, relay.origin))

  const founder = await newDevice()
  devices.push(founder)
  const link = await startByApi(founder)
  let entryTab = await tabOf(founder)
  const joins = { usualMs: 0, entryMs: 0 }

  /** Gives how long it took until the newcomer was connected to one who is here. */
  const come = async (device: Device) => {
    const startedAtMs = performance.now()
    await joinByApi(device, link)
    devices.push(device)
    entryTab = await firstMet(device)
    return performance.now() - startedAtMs
  }
  const enter = async () => {
    joins.usualMs = Math.max(joins.usualMs, await come(await newDevice()))
  }
  /** The page of the newcomer stands before, as that of anybody who has a link open. */
  const loseEntry = async () => {
    const newcomer = await newDevice()
    const tabs = await Promise.all(devices.map(tabOf))
    const [entry] = devices.splice(Math.max(0, tabs.indexOf(entryTab)), 1)
    if (entry !== undefined) await crash(entry)
    const joinMs = await come(newcomer)
    joins.entryMs = Math.max(joins.entryMs, joinMs)
    say(`  whoever came then was in after ${Math.round(joinMs)} ms`)
    if (joinMs > JOIN_MS) throw new Error(`joining took ${Math.round(joinMs)} ms`)
  }
  const entryDies: Act = { name: 'the entry tab dies', isPossible: () => relay.isRunning && devices.length > 2, run: loseEntry }
  const acts: readonly Act[] = [
    entryDies,
    { name: 'the relay dies', isPossible: () => relay.isRunning, run: () => relay.kill() },
    { name: 'the relay comes back', isPossible: () => !relay.isRunning, run: () => relay.start() },
    { name: 'a device comes', isPossible: () => relay.isRunning && devices.length < DEVICES, run: enter },
    {
      name: 'a device goes',
      isPossible: () => devices.length > 2,
      run: () => devices.splice(random.below(devices.length), 1)[0]?.close() ?? Promise.resolve(),
    },
    {
      name: 'a file is added',
      isPossible: () => devices.length > 1,
      run: async () => void files.push(await putRandomFile(random.pick(devices), `file ${files.length + 1}`, FILE_BYTES)),
    },
  ]

  /** Everybody sees everybody, and holds every file. */
  const settle = async () => {
    const startedAtMs = performance.now()
    await Promise.all(devices.map((device) => seeMembers(device, devices.length, RECOVERY_MS)))
    for (const { id } of files) await Promise.all(devices.map((device) => waitForHeld(device, id, RECOVERY_MS)))
    return performance.now() - startedAtMs
  }

  await enter()
  await enter()
  await settle()
  for (let round = 1; round <= options.rounds; round++) {
    const act = round === 1 ? entryDies : random.pick(acts.filter(({ isPossible }) => isPossible()))
    outcome.rounds = round
    try {
      await act.run()
      const recoveryMs = await settle()
      outcome.maxRecoveryMs = Math.max(outcome.maxRecoveryMs, recoveryMs)
      say(`round ${round}: ${act.name}, ${devices.length} devices, ${files.length} files, settled in ${Math.round(recoveryMs)} ms`)
    } catch (error) {
      outcome.failures.push(`round ${round}, ${act.name}: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
      say(`round ${round}: ${act.name}: FAILED`)
      break
    }
    if (files.length > 0) outcome.wrongResults += await countWrong(random.pick(devices), random.pick(files))
  }
  for (const { id } of files) outcome.lostBytes += (await isHeldSomewhere(devices, id)) ? 0 : FILE_BYTES
  for (const device of devices) await device.close()
  outcome.figures = { maxEntryJoinMs: Math.round(joins.entryMs), maxUsualJoinMs: Math.round(joins.usualMs) }
  return outcome
}

function tabOf({ page }: Device): Promise<string> {
  return page.evaluate(() => asterism.room.me.tab)
}

/** The first it is connected to: by that one it learns of the others. */
async function firstMet({ page }: Device): Promise<string> {
  const met = await page.waitForFunction(
    () => asterism.room.members.find(({ isMe, connection }) => !isMe && connection === 'here')?.tab,
    undefined,
    { timeout: RECOVERY_MS, polling: 20 },
  )
  return (await met.jsonValue()) ?? ''
}

/** Its page is no more, and nobody is told. */
async function crash(device: Device): Promise<void> {
  const session = await device.context.newCDPSession(device.page)
  const crashed = device.page.waitForEvent('crash')
  // The answer never comes from a page that is no more.
  session.send('Page.crash').catch(() => {})
  await crashed
  await device.close()
}

async function countWrong(device: Device, { id, hash }: StoredFile): Promise<number> {
  return (await hashOfFile(device, id)) === hash ? 0 : 1
}

async function isHeldSomewhere(devices: readonly Device[], id: string): Promise<boolean> {
  const held = await Promise.all(
    devices.map(({ page }) =>
      page.evaluate((id) => asterism.room.files.list().some((one) => one.id === id && one.state.kind === 'held'), id),
    ),
  )
  return held.includes(true)
}
