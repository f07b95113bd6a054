/**
 * Files spread to every device while tabs crash, machines lose power, disks rot, fill up or are wiped, and connections
 * break. At no moment does a device say that it holds what it lacks, once it has looked; and when things calm down every
 * file that some device kept whole is on every device that has room.
 */
import type { DeviceId } from '../../../src/protocol/ids.ts'
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import { SimDisk } from '../sim-disk.ts'
import { GENERATION_LOOK_MS, SimFiles } from '../sim-files.ts'
import { Library, type SimFile } from '../sim-library.ts'
import { SimRoom } from '../sim-room.ts'
import type { SimTab } from '../sim-tab.ts'
import type { World } from '../world.ts'

export const replicationWithCrashes: Scenario = { name: 'replication-with-crashes', area: 'storage', run }

const MIB = 1024 * 1024
const CALM_MS = 600_000
/** A fast disk, and one that is slower than the wire, so that blocks wait for it. */
const WRITES_BYTES_PER_MS = [200_000, 4_000]

type Machine = { readonly device: DeviceId; readonly disk: SimDisk; tab: SimTab; files: SimFiles; sentBytes: number; storedBytes: number }

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const { random } = world
  const room = new SimRoom(world, brain)
  const library = new Library(random)
  const count = size === 'small' ? random.between(3, 6) : random.between(6, 14)
  const machines = Array.from({ length: count }, (_, n) => makeMachine(room, library, n))
  world.runUntilDone(() => room.isWhole(), 30_000)

  const turns = size === 'small' ? 25 : 120
  for (let turn = 0; turn < turns; turn++) {
    if (random.chance(0.5)) random.pick(machines).files.put(library.makeFile())
    if (random.chance(0.4)) doHarm(room, library, machines)
    if (random.chance(0.05)) removeOne(library, machines)
    world.runUntil(world.nowMs + random.between(100, 8_000))
    for (const machine of machines) checkClaims(world, library, machine, 'walked')
  }

  room.wire.heal()
  for (const { files } of machines) files.damagePerMille = 0
  for (const machine of machines) if (!machine.tab.isAlive) restart(room, library, machine)
  world.runUntil(world.nowMs + 90_000)
  const kept = library.files.filter((file) => machines.some(({ disk, files }) => holds(disk, file) && files.records.has(file.id)))
  const expected = kept.filter(({ id }) => machines.every(({ files }) => files.records.has(id)))
  const roomy = machines.filter(({ disk }) => disk.quotaBytes === Number.POSITIVE_INFINITY)
  const isSpread = () => roomy.every(({ disk, files }) => expected.every((file) => holds(disk, file) && files.claims(file.id)))
  const spread = world.runUntilDone(isSpread, CALM_MS, 1_000)
  world.must(spread, () => `not everywhere after ${CALM_MS / 60_000} minutes: ${lackingOf(roomy, expected)}`)
  world.must(room.isWhole(), () => `not connected: ${room.gaps()}`)
  for (const machine of machines) checkClaims(world, library, machine, 'all')

  const sent = machines.reduce((sum, { files, sentBytes }) => sum + sentBytes + files.sentBytes, 0)
  const stored = machines.reduce((sum, { files, storedBytes }) => sum + storedBytes + files.storedBytes, 0)
  return {
    nodes: room.tabs.size,
    figures: { files: library.files.length, wastePct: stored === 0 ? 0 : Math.round((sent / stored - 1) * 1000) / 10 },
  }
}

function makeMachine(room: SimRoom, library: Library, n: number): Machine {
  const { random } = room.world
  const device = n === 0 ? room.founder : room.devices.make(random)
  // The last of many machines is short of space.
  const quotaBytes = n >= 3 && random.chance(0.3) ? random.between(2, 100) * MIB : Number.POSITIVE_INFINITY
  const disk = new SimDisk(room.world, `disk${n}`, quotaBytes, random.pick(WRITES_BYTES_PER_MS))
  return { device, disk, ...openTab(room, library, device, disk, undefined), sentBytes: 0, storedBytes: 0 }
}

function openTab(
  room: SimRoom,
  library: Library,
  device: DeviceId,
  disk: SimDisk,
  before: SimTab | undefined,
): { tab: SimTab; files: SimFiles } {
  const tab = room.addTab(device, before?.membership)
  const files = new SimFiles(tab, disk, library)
  files.damagePerMille = 5
  tab.guest = files
  tab.open()
  return { tab, files }
}

function restart(room: SimRoom, library: Library, machine: Machine): void {
  if (machine.tab.isAlive) machine.tab.crash()
  machine.sentBytes += machine.files.sentBytes
  machine.storedBytes += machine.files.storedBytes
  Object.assign(machine, openTab(room, library, machine.device, machine.disk, machine.tab))
}

function doHarm(room: SimRoom, library: Library, machines: readonly Machine[]): void {
  const { random } = room.world
  const machine = random.pick(machines)
  const other = random.pick(machines)
  switch (random.below(8)) {
    case 0:
      restart(room, library, machine)
      break
    case 1:
      machine.tab.crash()
      machine.disk.losePower()
      break
    case 2:
      // The founder's disk stays, so that something is left to spread.
      if (machine === machines[0]) break
      machine.tab.crash()
      machine.disk.loseEverything()
      break
    case 3:
      machine.disk.damage(random.between(1, 20))
      break
    case 4:
      if (machine !== other) machine.tab.hangUp(other.tab.id)
      break
    case 5:
      if (machine !== other) room.wire.block(machine.tab.id, other.tab.id)
      break
    case 6:
      room.wire.heal()
      break
    default:
      for (const each of machines) if (!each.tab.isAlive) restart(room, library, each)
  }
}

function removeOne(library: Library, machines: readonly Machine[]): void {
  const [file] = library.files
  const { tab, files } = machines[0] as Machine
  if (file !== undefined && tab.isAlive && files.records.has(file.id)) files.remove(file.id)
}

function holds(disk: SimDisk, file: SimFile): boolean {
  return file.blocks.every((id) => disk.has(id))
}

/** After its walk a device claims only what lies on its disk; damage nobody read yet is nobody's lie. */
function checkClaims(world: World, library: Library, { tab, files, disk }: Machine, which: 'walked' | 'all'): void {
  const isLookDue = world.nowMs - disk.foundShortAtMs < GENERATION_LOOK_MS + 10_000
  if (!tab.isAlive || isLookDue) return
  for (const file of library.files) {
    if (!files.records.has(file.id) || !files.claims(file.id) || (which === 'walked' && !files.hasWalked(file.id))) continue
    world.must(holds(disk, file), () => `${tab.name} claims a copy of which it lacks blocks (${which})`)
  }
}

function lackingOf(machines: readonly Machine[], files: readonly SimFile[]): string {
  return machines
    .map(({ tab, disk, files: own }) => {
      const missing = files.filter((file) => !holds(disk, file)).length
      const silent = files.filter((file) => holds(disk, file) && !own.claims(file.id)).length
      return `${tab.name} lacks ${missing} and does not tell of ${silent}`
    })
    .join(', ')
}
