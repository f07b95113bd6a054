/** The same bytes put with different wishes. */
import { expect, onTestFinished, test } from 'vitest'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { type PlanRecord, planClaim } from '../../../../src/protocol/object.ts'
import { bytesOf, type FilesTab, hurriedClock, later, openTabs, ROOM, until } from '../../../twins/files-tab.ts'
import { TwinRoomState } from '../../../twins/room.ts'

async function roomOf(count: number): Promise<{ room: TwinRoomState; tabs: readonly FilesTab[] }> {
  const room = new TwinRoomState()
  const tabs = await openTabs(room, count, { clock: hurriedClock(20) })
  onTestFinished(() => {
    for (const tab of tabs) tab.close()
  })
  await until(tabs[0] as FilesTab, () => room.devices.entries().size === count)
  return { room, tabs }
}

const data = () => new Blob([bytesOf(1_000_000)])
const planOf = (room: TwinRoomState) => [...room.plans.entries().values()][0] as PlanRecord

test('[STORAGE-26] a stronger wish for the same bytes raises the plan, and stays when the weaker file came later', async () => {
  const { room, tabs } = await roomOf(4)
  const [ada, ben, cyd] = tabs as [FilesTab, FilesTab, FilesTab]
  const { id } = await ada.files.put(data(), { name: 'weak', profile: 'raid1(1)' })
  await until(ben, () => ben.files.list().length === 1)
  const strong = await ben.files.put(data(), { name: 'strong', profile: 'raid1(4)' })
  await until(cyd, () => cyd.files.list().length === 2)
  await cyd.files.put(data(), { name: 'weak again', profile: 'raid1(2)' })

  expect([room.plans.entries().size, planOf(room).profile]).toEqual([1, 'raid1(4)'])
  ada.files.remove(id as FileId)
  await until(ada, () => ada.files.stat(strong.id).copies.length === 4)
})

test('[STORAGE-26] a wish that another plan of the same moment passed over is wished again', async () => {
  const { room, tabs } = await roomOf(2)
  const [ada, ben] = tabs as [FilesTab, FilesTab]
  await ada.files.put(data(), { name: 'strong', profile: 'raid1(3)' })
  const { signature: _, ...claim } = { ...planOf(room), profile: 'raid0', by: ben.side.device }
  const atOnce: PlanRecord = { ...claim, signature: await ben.key.sign(planClaim(ROOM, claim)) }
  room.plans.setMany(new Map([[claim.object, atOnce]]))
  await until(ada, () => planOf(room).profile === 'raid1(3)')

  // Who goes on from what was wished knows of it.
  const again = planOf(room)
  const { signature: __, ...next } = { ...again, profile: 'raid1(2)', by: ben.side.device, sequence: again.sequence + 1 }
  room.plans.setMany(new Map([[claim.object, { ...next, signature: await ben.key.sign(planClaim(ROOM, next)) }]]))
  await later(300)
  expect(planOf(room).profile).toBe('raid1(2)')
})
