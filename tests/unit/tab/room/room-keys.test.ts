import { expect, test } from 'vitest'
import { seal, unseal } from '../../../../src/pipeline/seal.ts'
import { toDeviceId } from '../../../../src/protocol/ids.ts'
import { deriveRoomKeys, makeRoomSecret } from '../../../../src/tab/room/room-keys.ts'

const founder = toDeviceId(new Uint8Array(32).fill(7))
const stranger = toDeviceId(new Uint8Array(32).fill(8))
const claim = new TextEncoder().encode('claim')

test('[KEYS-1] another secret is another room', async () => {
  const secret = await makeRoomSecret(founder)
  const changed = secret.slice()
  changed[0] = (changed[0] as number) ^ 1
  expect((await deriveRoomKeys(changed)).roomId).not.toBe((await deriveRoomKeys(secret)).roomId)
})

test('[KEYS-2] the secret names its founder and no other', async () => {
  const keys = await deriveRoomKeys(await makeRoomSecret(founder))
  expect([await keys.isFounder(founder), await keys.isFounder(stranger)]).toEqual([true, false])
})

test('[KEYS-3] every device derives the same keys, and a known secret gives known words', async () => {
  const secret = new Uint8Array(32).fill(1)
  const [ours, theirs] = [await deriveRoomKeys(secret), await deriveRoomKeys(secret)]
  expect(await theirs.verify(claim, await ours.sign(claim))).toBe(true)
  expect({ roomId: ours.roomId, words: ours.words, hue: ours.hue }).toEqual({ roomId: theirs.roomId, words: theirs.words, hue: theirs.hue })
  expect({ roomId: ours.roomId, words: ours.words }).toMatchInlineSnapshot(`
    {
      "roomId": "4EyaJyitcL63l6vIkRsZMA",
      "words": [
        "amber",
        "ocean",
        "nickel",
        "bowl",
      ],
    }
  `)
})

test('[KEYS-4] a seal opens only with its key, in its context, and unchanged', async () => {
  const keys = await deriveRoomKeys(await makeRoomSecret(founder))
  const context = new Uint8Array([1])
  const sealed = await seal(keys.content, claim, context)
  const bent = sealed.slice()
  bent[14] = (bent[14] as number) ^ 1
  expect(await unseal(keys.content, sealed, context)).toEqual(claim)
  expect(await unseal(keys.rendezvous, sealed, context)).toBeUndefined()
  expect(await unseal(keys.content, sealed, new Uint8Array([2]))).toBeUndefined()
  expect(await unseal(keys.content, bent, context)).toBeUndefined()
})

test('[KEYS-5] a proof under one secret is refused under another', async () => {
  const ours = await deriveRoomKeys(await makeRoomSecret(founder))
  const theirs = await deriveRoomKeys(await makeRoomSecret(founder))
  const mac = await ours.prove(claim)
  expect([await ours.checkProof(claim, mac), await theirs.checkProof(claim, mac)]).toEqual([true, false])
})
