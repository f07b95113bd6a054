/**
 * A room of real tabs in which something happens every round: the relay dies or comes back, a device comes or goes
 * without a word, a file is added. After each, all who are left must see each other again and hold every file. Which
 * things happen follows from the seed; how long they take does not.
 */
import type { Browser } from 'playwright'
import { type Device, joinByApi, makeDevice, seeMembers, startByApi } from '../e2e/device.ts'
import { hashOfFile, putRandomFile, waitForHeld } from '../e2e/files.ts'
import type { RelayProcess } from '../e2e/relay-process.ts'
import type { Random } from '../sim/random.ts'
import { nothingYet, type Outcome, reasonOf } from './outcome.ts'

/** Two cores carry this many tabs and still answer. */
const DEVICES = 4
const RECOVERY_MS = 60_000
const FILE_BYTES = 2 * 1024 * 1024

type StoredFile = { readonly id: string; readonly hash: string }
type Act = { readonly name: string; readonly isPossible: () => boolean; readonly run: () => Promise<void> }

export async function shakeChurn(
  browser: Browser,
  relay: RelayProcess,
  options: { rounds: number; random: Random; say: (line: string) => void },
): Promise<Outcome> {
  const { random, say } = options
  const outcome = nothingYet()
  const devices: Device[] = []
  const files: StoredFile[] = []
  let born = 0
  const newDevice = () => browser.newContext().then((context) => makeDevice(context, `Device ${++born}`, relay.origin))

  const founder = await newDevice()
  devices.push(founder)
  const link = await startByApi(founder)

  const enter = async () => {
    const device = await newDevice()
    await joinByApi(device, link)
    devices.push(device)
  }
  const acts: readonly Act[] = [
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
    const act = random.pick(acts.filter(({ isPossible }) => isPossible()))
    outcome.rounds = round
    try {
      await act.run()
      const recoveryMs = await settle()
      outcome.maxRecoveryMs = Math.max(outcome.maxRecoveryMs, recoveryMs)
      say(`round ${round}: ${act.name}, ${devices.length} devices, ${files.length} files, settled in ${Math.round(recoveryMs)} ms`)
    } catch (error) {
      outcome.failures.push(`round ${round}, ${act.name}: ${reasonOf(error)}`)
      say(`round ${round}: ${act.name}: FAILED`)
      break
    }
    if (files.length > 0) outcome.wrongResults += await countWrong(random.pick(devices), random.pick(files))
  }
  for (const { id } of files) outcome.lostBytes += (await isHeldSomewhere(devices, id)) ? 0 : FILE_BYTES
  for (const device of devices) await device.close()
  return outcome
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
