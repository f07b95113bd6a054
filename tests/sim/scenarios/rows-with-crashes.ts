/**
 * Rows of objects stay where plans put them while tabs crash, machines lose power, disks rot or are wiped, marked copies
 * give way, and connections break. At no moment does a device say that it has what it lacks, once it has looked; what no
 * harm touched is never lost; and when things calm down every object that can still be read is held as its plan wants.
 */
import { planObject } from '../../../src/core/storage/plan-object.ts'
import type { Profile } from '../../../src/core/storage/profile.ts'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import { SimDisk } from '../sim-disk.ts'
import { GENERATION_LOOK_MS, SimFiles } from '../sim-files.ts'
import { Library, rowIds, type SimObject } from '../sim-library.ts'
import { SimRoom } from '../sim-room.ts'
import type { SimTab } from '../sim-tab.ts'
import type { World } from '../world.ts'

export const rowsWithCrashes: Scenario = { name: 'rows-with-crashes', area: 'storage', run }

const CALM_MS = 900_000
/** A fast disk, and one that is slower than the wire, so that blocks wait for it. */
const WRITES_BYTES_PER_MS = [200_000, 4_000]
const PROFILES: readonly Profile[] = [{ kind: 'raid1', copies: 2 }, { kind: 'raid1', copies: 3 }, { kind: 'raid5' }, { kind: 'raid6' }]

type Machine = { readonly device: DeviceId; readonly disk: SimDisk; tab: SimTab; files: SimFiles; sentBytes: number; storedBytes: number }

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const { random } = world
  const room = new SimRoom(world, brain)
  const library = new Library(random)
  const count = size === 'small' ? random.between(3, 6) : random.between(6, 12)
  const machines = Array.from({ length: count }, (_, n) => makeMachine(room, library, n))
  world.runUntilDone(() => room.isWhole(), 30_000)

  const turns = size === 'small' ? 20 : 60
  for (let turn = 0; turn < turns; turn++) {
    const machine = random.pick(machines)
    if (random.chance(0.5) && machine.tab.isAlive) machine.files.put(random.pick(PROFILES))
    const safe = library.objects.filter((object) => isReadable(machines, object) && isTrulyClaimed(machines, object))
    const isGentle = doHarm(room, library, machines)
    for (const { disk } of machines)
      if (random.chance(0.3)) world.after(random.between(0, 1_500), `make room on ${disk.name}`, () => disk.makeRoom())
    world.runUntil(world.nowMs + random.between(100, 8_000))
    if (isGentle)
      for (const object of safe) world.must(isReadable(machines, object), () => `an object of k ${object.k} was lost without harm`)
    for (const each of machines) checkClaims(world, library, each)
  }

  room.wire.heal()
  for (const machine of machines) {
    machine.disk.scrub()
    if (!machine.tab.isAlive) restart(room, library, machine)
    else machine.files.recheck()
  }
  world.runUntil(world.nowMs + 30_000)
  const known = ({ id }: SimObject) => machines.every(({ files }) => files.records.get('object', id) !== undefined)
  const expected = library.objects.filter((object) => known(object) && hasRows(machines, object))
  const isDone = () => expected.every((object) => isSpread(machines, object))
  const spread = world.runUntilDone(isDone, CALM_MS, 1_000)
  const lacking = expected.filter((object) => !isSpread(machines, object))
  world.must(spread, () => `after ${CALM_MS / 60_000} minutes ${lacking.length} of ${expected.length} objects are not as planned`)
  world.must(room.isWhole(), () => `not connected: ${room.gaps()}`)
  for (const machine of machines) checkClaims(world, library, machine)

  const sent = machines.reduce((sum, { files, sentBytes }) => sum + sentBytes + files.sentBytes, 0)
  const stored = machines.reduce((sum, { files, storedBytes }) => sum + storedBytes + files.storedBytes, 0)
  return {
    nodes: room.tabs.size,
    figures: { objects: library.objects.length, wastePct: stored === 0 ? 0 : Math.round((sent / stored - 1) * 1000) / 10 },
  }
}

function makeMachine(room: SimRoom, library: Library, n: number): Machine {
  const { random } = room.world
  const device = n === 0 ? room.founder : room.devices.make(random)
  const disk = new SimDisk(room.world, `disk${n}`, Number.POSITIVE_INFINITY, random.pick(WRITES_BYTES_PER_MS))
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

/** Gives whether no disk was harmed. */
function doHarm(room: SimRoom, library: Library, machines: readonly Machine[]): boolean {
  const { random } = room.world
  if (random.chance(0.5)) return true
  const machine = random.pick(machines)
  const other = random.pick(machines)
  switch (random.below(8)) {
    case 0:
      restart(room, library, machine)
      return true
    case 1:
      machine.tab.crash()
      machine.disk.losePower()
      return false
    case 2:
      machine.tab.crash()
      machine.disk.loseEverything()
      return false
    case 3:
      machine.disk.damage(random.between(1, 20))
      return false
    case 4:
      if (machine !== other) machine.tab.hangUp(other.tab.id)
      return true
    case 5:
      if (machine !== other) room.wire.block(machine.tab.id, other.tab.id)
      return true
    case 6:
      room.wire.heal()
      return true
    default:
      for (const each of machines) if (!each.tab.isAlive) restart(room, library, each)
      return true
  }
}

/** From all disks together, open or not: sound fragments of k rows of each chunk. */
function isReadable(machines: readonly Machine[], { chunks, k }: SimObject): boolean {
  return chunks.every(({ ids }) => ids.filter((id) => machines.some(({ disk }) => disk.isGood(id))).length >= k)
}

/** k rows are whole, each on a disk of its own; what lies in pieces nobody claims. */
function hasRows(machines: readonly Machine[], object: SimObject): boolean {
  const rows = Array.from({ length: object.k === 1 ? 1 : object.rows }, (_, row) => row)
  return rows.filter((row) => machines.some(({ disk }) => rowIds(object, row).every((id) => disk.isGood(id)))).length >= object.k
}

/** Nobody counts on what a disk lost without having looked. */
function isTrulyClaimed(machines: readonly Machine[], object: SimObject): boolean {
  return machines.every(({ files }) =>
    files.records.every('holding').every((claim) => {
      const disk = machines.find(({ device }) => device === claim.device)?.disk
      return claim.object !== object.id || claim.rows.every((row) => rowIds(object, row).every((id) => disk?.isGood(id) === true))
    }),
  )
}

/** Every slot is on its disk and told, and the real planner would change nothing. */
function isSpread(machines: readonly Machine[], object: SimObject): boolean {
  const [first] = machines
  if (first === undefined) return false
  const { keeper } = first.files
  const facts = keeper.facts(object)
  const { slots } = planObject(facts, keeper.devices(), { self: first.device, nowMs: 0 })
  const isHeld = facts.slots.every(({ row, device }) => {
    const holder = machines.find((machine) => machine.device === device)
    return holder?.files.claimed(object.id).includes(row) === true && rowIds(object, row).every((id) => holder.disk.has(id))
  })
  return facts.slots.length > 0 && isHeld && slots === facts.slots
}

/** Marked copies give way without a word, and rot nobody read yet is nobody's lie. */
function checkClaims(world: World, library: Library, { tab, files, disk }: Machine): void {
  const isLookDue = world.nowMs - disk.foundShortAtMs < GENERATION_LOOK_MS + 10_000
  if (!tab.isAlive || isLookDue) return
  for (const object of library.objects) {
    const marked = files.records.get('holding', `${object.id}/${tab.device}`)?.marked ?? []
    for (const row of files.claimed(object.id)) {
      if (marked.includes(row)) continue
      const lacks = rowIds(object, row).filter((id) => !disk.has(id)).length
      world.must(lacks === 0, () => `${tab.name} claims row ${row} of which it lacks ${lacks} fragments`)
    }
  }
}
