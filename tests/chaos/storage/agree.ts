/**
 * The same short life of a room twice: in eight real tabs, and in the simulator from the same script, told the real
 * devices' ids. A visitor who keeps nothing reads; what it can read, and which devices keep rows at the end, must agree.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type Browser, devices } from 'playwright'
import type { FileStat } from '../../../src/ports/asterism.ts'
import type { DeviceId, FileId } from '../../../src/protocol/ids.ts'
import type { ObjectId } from '../../../src/protocol/object.ts'
import { joinByApi, makeDevice, seeMembers } from '../../e2e/device.ts'
import type { RelayProcess } from '../../e2e/relay-process.ts'
import { type RoomEvent, roomScript, simulateRoom } from '../../sim/storage/room-script.ts'
import type { Outcome } from '../outcome.ts'
import { putFile, readHash, statOf } from './files.ts'
import { SEATS } from './script.ts'
import { Seat } from './seat.ts'

const BYTES = 20 * 1024 * 1024
const CHANGES = 6
const MEET_MS = 45_000
/** A read that finds too few rows here gives up by itself before this. */
const READ_MS = 20_000
/** Nothing moved for so long: longer than a death takes to be noticed, and than planners wait for each other. */
const REST_MS = 6_000
const REST_MAX_MS = 45_000

type Told = { readonly rounds: number; readonly seed: number; readonly say: (line: string) => void }

export async function compareWithSimulator(browser: Browser, relay: RelayProcess, { seed, say }: Told): Promise<Outcome> {
  const outcome: Outcome = { rounds: 0, lostBytes: 0, wrongResults: 0, maxRecoveryMs: 0, failures: [] }
  const script = roomScript(seed, { devices: SEATS, profile: 'raid6', bytes: BYTES, changes: CHANGES })
  // All tabs of one machine stand in one network.
  const events = script.map((event): RoomEvent => (event.kind === 'join' ? { ...event, segment: 'one' } : event))
  const real = await playRoom(browser, relay, events, say)
  const simulated = simulateRoom(events, { deviceIds: real.deviceIds, objectId: real.objectId })

  for (const [n, { event, isReadable }] of simulated.reads.entries()) {
    outcome.rounds = n + 1
    if (real.reads[n] === isReadable) continue
    outcome.wrongResults++
    outcome.failures.push(`read ${event}: real ${real.reads[n]}, simulated ${isReadable}`)
  }
  const { stat } = real
  if (stat.k !== simulated.k || stat.rows !== simulated.rows)
    outcome.failures.push(`layout: real ${stat.k} of ${stat.rows}, simulated ${simulated.k} of ${simulated.rows}`)
  const lost = new Set(events.flatMap((event) => (event.kind === 'lose' ? [event.device] : [])))
  const keeps = simulated.ends.filter(({ device, kept }) => !lost.has(device) && kept.length > 0).map(({ device }) => device)
  const keepsReally = real.deviceIds.flatMap((id, device) => {
    const share = stat.copies.find((copy) => copy.device === id)?.share
    return !lost.has(device) && share !== undefined && share !== 'spare' ? [device] : []
  })
  say(`keep rows at the end: really ${keepsReally.join(' ')}, simulated ${keeps.join(' ')}`)
  if (keeps.join() !== keepsReally.join()) outcome.failures.push('devices that keep rows at the end differ')
  return outcome
}

type Played = {
  readonly reads: readonly boolean[]
  readonly deviceIds: readonly DeviceId[]
  readonly objectId: ObjectId
  readonly stat: FileStat
}

async function playRoom(browser: Browser, relay: RelayProcess, events: readonly RoomEvent[], say: (line: string) => void): Promise<Played> {
  const seats = Array.from({ length: SEATS }, (_, n) => new Seat(browser, relay.origin, `Device ${n}`))
  const at = (n: number) => seats[n] as Seat
  const link = await at(0).enter()
  for (const seat of seats.slice(1)) await seat.enter(link)
  const reader = await makeDevice(await browser.newContext(devices['Pixel 7']), 'Reader', relay.origin)
  await joinByApi(reader, link)
  await reader.page.evaluate(() => asterism.room.files.storage.setQuota(0))
  await seeMembers(reader, SEATS + 1, MEET_MS)
  const deviceIds = await Promise.all(seats.map(({ page }) => page.evaluate(() => asterism.room.me.device)))

  const reads: boolean[] = []
  let [file, hash, objectId]: [FileId | undefined, string, ObjectId | undefined] = [undefined, '', undefined]
  for (const event of events) {
    if (event.kind === 'join') continue
    if (event.kind === 'put') {
      const { page } = at(event.device)
      const put = await putFile(page, { name: 'dear', bytes: event.bytes, profile: event.profile, until: 'spread' })
      file = put.id
      hash = put.hash
      objectId = await rootOf(seats[event.device] as Seat)
    } else if (event.kind === 'read') {
      const read = await readHash(reader.page, file as FileId, READ_MS).catch(() => undefined)
      reads.push(read === hash)
      say(`read ${reads.length}: ${read === hash ? 'whole' : 'not readable'}`)
      continue
    } else if (event.kind === 'leave') await at(event.device).die()
    else if (event.kind === 'lose') await at(event.device).wipe()
    else if (event.kind === 'return') await at(event.device).enter(link)
    say(`${event.kind} ${event.device}`)
    await rest(reader.page, file as FileId)
  }
  const stat = await statOf(reader.page, file as FileId)
  if (objectId === undefined) throw new Error('nothing was put')
  return { reads, deviceIds, objectId, stat }
}

/** The root is the shortest of the manifest blocks on the disk of a device that has put one object. */
async function rootOf({ page }: Seat): Promise<ObjectId> {
  const id = await page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const db = await done(indexedDB.open('asterism'))
    const shelf = () => db.transaction('manifest').objectStore('manifest')
    const [keys, blocks] = [await done(shelf().getAllKeys()), (await done(shelf().getAll())) as Blob[]]
    db.close()
    return keys.map((key, n) => ({ key, size: blocks[n]?.size ?? 0 })).sort((a, b) => a.size - b.size)[0]?.key
  })
  return String(id) as ObjectId
}

/** Until who is here and who has what have not changed for a while. */
async function rest(page: Seat['page'], file: FileId): Promise<void> {
  const look = () =>
    page.evaluate((file) => {
      const here = asterism.room.members.filter(({ isMe, connection }) => isMe || connection === 'here').map(({ device }) => device)
      return JSON.stringify([here, asterism.room.files.stat(file).copies.map(({ device, share }) => [device, share])])
    }, file)
  const startedAtMs = performance.now()
  let [seen, sinceMs] = [await look(), startedAtMs]
  while (performance.now() - sinceMs < REST_MS && performance.now() - startedAtMs < REST_MAX_MS) {
    await wait(500)
    const now = await look()
    if (now !== seen) [seen, sinceMs] = [now, performance.now()]
  }
}
