import { expect, test } from 'vitest'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import type { MembershipEntry } from '../../../../src/protocol/membership.ts'
import { openMembershipLog } from '../../../../src/tab/room/membership-log.ts'
import { deriveRoomKeys, makeRoomSecret } from '../../../../src/tab/room/room-keys.ts'
import { memoryValues, newDevice } from '../../../twins/device.ts'

/** A founder and a guest of one room, each with a log of their own. */
async function twoInARoom() {
  const [ann, ben] = [await newDevice(), await newDevice()]
  const keys = await deriveRoomKeys(await makeRoomSecret(ann.id))
  const values = memoryValues()
  const annLog = await openMembershipLog({ keys, device: ann, values })
  const benLog = await openMembershipLog({ keys, device: ben, values: memoryValues() })
  await annLog.joinSelf(1)
  await benLog.joinSelf(2)
  await annLog.take(benLog.entries())
  return { ann, ben, keys, values, annLog, benLog }
}

function bent(bytes: Bytes): Bytes {
  const copy = bytes.slice()
  copy[0] = (copy[0] as number) ^ 1
  return copy
}

test('[MEMBERSHIP-3] the founder named by the secret becomes the owner, who comes later does not', async () => {
  const { ann, ben, annLog } = await twoInARoom()
  const { members, owner } = annLog.state()
  expect([owner, members.get(ann.id)?.role, members.get(ben.id)?.role]).toEqual([ann.id, 'owner', 'member'])
})

test.each(['signature', 'roomSignature'] as const)('[MEMBERSHIP-9] a join with a bent %s is refused', async (which) => {
  const { annLog, benLog, keys } = await twoInARoom()
  const [join] = benLog.entries() as [MembershipEntry & { t: 'join' }]
  const fresh = await openMembershipLog({ keys, device: await newDevice(), values: memoryValues() })
  expect(await fresh.take([{ ...join, [which]: bent(join[which]) }])).toBe(false)
  expect(fresh.state().members.size).toBe(0)
  expect(annLog.state().members.size).toBe(2)
})

test('[MEMBERSHIP-9] whoever does not hold the secret cannot write a join', async () => {
  const { annLog } = await twoInARoom()
  const stranger = await newDevice()
  const own = await deriveRoomKeys(await makeRoomSecret(stranger.id))
  const elsewhere = await openMembershipLog({ keys: { ...own, roomId: annLog.state().room }, device: stranger, values: memoryValues() })
  await elsewhere.joinSelf(3)
  expect(await annLog.take(elsewhere.entries())).toBe(false)
})

test('[MEMBERSHIP-13] a role that this device may not set is not written', async () => {
  const { ann, benLog, annLog } = await twoInARoom()
  await benLog.take(annLog.entries())
  const before = benLog.entries().length
  await expect(benLog.setRole(ann.id, 'guest', 3)).rejects.toMatchObject({ code: 'role-refused' })
  expect(benLog.entries().length).toBe(before)
})

test('[MEMBERSHIP-14] the log is there again after a restart', async () => {
  const { ann, ben, keys, values, annLog } = await twoInARoom()
  await annLog.setRole(ben.id, 'moderator', 3)
  const reopened = await openMembershipLog({ keys, device: ann, values })
  expect(reopened.state().members).toEqual(annLog.state().members)
})
