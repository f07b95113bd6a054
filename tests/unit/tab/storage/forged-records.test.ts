/** What a member with the room's key can write into the shared document, and what it comes to. */
import { expect, onTestFinished, test } from 'vitest'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { type HoldingRecord, holdingClaim, holdingKey, type PlanRecord, planClaim } from '../../../../src/protocol/object.ts'
import { type FileRecord, fileClaim } from '../../../../src/protocol/room-state.ts'
import { newDevice } from '../../../twins/device.ts'
import { bytesOf, type FilesTab, hurriedClock, isSame, later, openTabs, ROOM, readAll, until } from '../../../twins/files-tab.ts'
import { TwinRoomState } from '../../../twins/room.ts'

const MIB = 1024 * 1024

async function roomOf(count: number): Promise<{ room: TwinRoomState; tabs: readonly FilesTab[] }> {
  const room = new TwinRoomState()
  const tabs = await openTabs(room, count, { clock: hurriedClock(20) })
  onTestFinished(() => {
    for (const tab of tabs) tab.close()
  })
  await until(tabs[0] as FilesTab, () => room.devices.entries().size === count)
  return { room, tabs }
}

const first = <T>(map: { entries(): ReadonlyMap<string, T> }): T => [...map.entries().values()][0] as T

test('[STORAGE-9] a file signed by nobody, by another than it names, or under another key is not listed', async () => {
  const { room, tabs } = await roomOf(2)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  await ada.files.put(new Blob(['true']), { name: 'true.txt' })
  const real = first(room.files)
  const forge = (id: string, change: Partial<FileRecord>): FileRecord => ({ ...real, id: id as FileId, ...change })
  const { signature: _, ...claim } = forge('AAAAAAAAAAAAAAAAAAAAAB', { name: 'signed by ben' })
  const byBen = { ...claim, signature: await ben.key.sign(fileClaim(ROOM, claim)) }
  room.files.setMany(
    new Map([
      ['AAAAAAAAAAAAAAAAAAAAAA', forge('AAAAAAAAAAAAAAAAAAAAAA', { name: 'not signed' })],
      ['AAAAAAAAAAAAAAAAAAAAAB', byBen],
      ['AAAAAAAAAAAAAAAAAAAAAC', real],
    ]),
  )
  await later(200)

  expect(ada.files.list().map(({ name }) => name)).toEqual(['true.txt'])
  expect(ben.files.list().map(({ name }) => name)).toEqual(['true.txt'])
})

test('[STORAGE-10] a file that somebody replaced or took away without the bin stands again', async () => {
  const { room, tabs } = await roomOf(2)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  const { id } = await ada.files.put(new Blob(['true']), { name: 'true.txt' })
  await until(ben, () => ben.files.list()[0]?.state.kind === 'held')
  const real = room.files.get(id) as FileRecord

  room.files.setMany(new Map([[id, { ...real, name: 'evil.exe' }]]))
  expect(ben.files.list()[0]?.name).toBe('true.txt')
  await until(ada, () => room.files.get(id)?.name === 'true.txt')
  room.files.deleteMany([id])
  await until(ada, () => room.files.get(id) !== undefined)
  expect(isSame(await readAll(ben.files.get(id)), new TextEncoder().encode('true'))).toBe(true)
})

test('[STORAGE-11] a file that lies about its size or checksum is not shown', async () => {
  const { room, tabs } = await roomOf(2)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'true.bin' })
  await until(ada, () => ada.files.list()[0]?.copies.length === 2)
  const real = room.files.get(id) as FileRecord
  const lie = async (change: Partial<FileRecord>): Promise<[string, FileRecord]> => {
    const { signature: _, ...claim } = { ...real, ...change, addedBy: ben.side.device }
    return [claim.id, { ...claim, signature: await ben.key.sign(fileClaim(ROOM, claim)) }]
  }
  const lies = [
    await lie({ id: 'AAAAAAAAAAAAAAAAAAAAAA' as FileId, name: 'larger', bytes: 5 * MIB }),
    await lie({ id: 'AAAAAAAAAAAAAAAAAAAAAB' as FileId, name: 'beyond', bytes: MIB, offset: 1 }),
    await lie({ id: 'AAAAAAAAAAAAAAAAAAAAAC' as FileId, name: 'of another root', root: real.object }),
  ]
  room.files.setMany(new Map(lies))
  await later(200)

  expect(ada.files.list().map(({ name }) => name)).toEqual(['true.bin'])
  await expect(readAll(ada.files.get('AAAAAAAAAAAAAAAAAAAAAA' as FileId))).rejects.toMatchObject({ code: 'manifest-invalid' })
})

test('[STORAGE-9] a claim replayed from before a loss, or made for another device, does not count', async () => {
  const { room, tabs } = await roomOf(3)
  const [ada, ben, cyd] = tabs as [FilesTab, FilesTab, FilesTab]
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a', profile: 'raid1(2)' })
  const { object } = first(room.files)
  await until(ada, () => ada.files.list()[0]?.copies.length === 2)
  const holder = [ben, cyd].find((tab) => room.holdings.get(holdingKey(object, tab.side.device)) !== undefined) as FilesTab
  const stranger = (await newDevice()).id
  const key = holdingKey(object, holder.side.device)
  const old = room.holdings.get(key) as HoldingRecord
  const { signature: _, ...claim } = { ...old, marked: [], rows: [], sequence: old.sequence + 1 }
  const withdrawn = { ...claim, signature: await holder.key.sign(holdingClaim(ROOM, claim)) }
  holder.close()
  room.holdings.setMany(new Map([[key, withdrawn]]))
  await until(ada, () => ada.files.list()[0]?.copies.length === 1)

  room.holdings.setMany(new Map([[key, old]]))
  room.holdings.setMany(new Map([[holdingKey(object, stranger), { ...old, device: stranger }]]))
  await later(100)
  const devices = ada.files.stat(id).copies.map(({ device }) => device)
  expect([devices.includes(holder.side.device), devices.includes(stranger)]).toEqual([false, false])
  await until(ada, () => room.holdings.get(key)?.sequence === withdrawn.sequence)
})

test('[STORAGE-9] a plan that is forged, older, or says another size than the manifest moves nothing', async () => {
  const { room, tabs } = await roomOf(3)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  const { id } = await ada.files.put(new Blob([bytesOf(2 * MIB)]), { name: 'a', profile: 'raid1(3)', until: 'spread' })
  const plan = first(room.plans)
  room.plans.setMany(new Map([[plan.object, { ...plan, slots: [], sequence: plan.sequence + 9 }]]))
  await until(ada, () => isSame(room.plans.get(plan.object)?.signature ?? new Uint8Array(), plan.signature))

  const { signature: _, ...claim } = { ...plan, rows: 9, k: 3, sequence: plan.sequence + 10, by: ben.side.device }
  const lie: PlanRecord = { ...claim, signature: await ben.key.sign(planClaim(ROOM, claim)) }
  room.plans.setMany(new Map([[plan.object, lie]]))
  await until(ada, () => (room.plans.get(plan.object)?.sequence ?? 0) > lie.sequence)
  expect(room.plans.get(plan.object)).toMatchObject({ k: 1, rows: 1 })
  expect(ada.files.stat(id).copies).toHaveLength(3)
})

test('[STORAGE-27] a plan numbered beyond all others by a member moves nothing and holds up no later plan', async () => {
  const { room, tabs } = await roomOf(3)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  const { id } = await ada.files.put(new Blob([bytesOf(MIB)]), { name: 'a', profile: 'raid1(3)', until: 'spread' })
  const plan = first(room.plans)
  const { signature: _, ...claim } = { ...plan, slots: [], sequence: Number.MAX_SAFE_INTEGER, by: ben.side.device }
  const lie: PlanRecord = { ...claim, signature: await ben.key.sign(planClaim(ROOM, claim)) }
  room.plans.setMany(new Map([[plan.object, lie]]))
  await until(ada, () => room.plans.get(plan.object)?.sequence === plan.sequence)

  ada.files.setProfile(id, 'raid1(2)')
  await until(ben, () => ben.files.stat(id).profile === 'raid1(2)')
  expect(ben.files.stat(id).copies).toHaveLength(3)
})
