import { expect, test } from 'vitest'
import { readFrameHeader } from '../../../../src/pipeline/sframe.ts'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import { SENDER_KEYS } from '../../../../src/protocol/limits.ts'
import { encodeHead, type FrameHead, KEY_KINDS, LAYERS } from '../../../../src/protocol/media.ts'
import { Keyring } from '../../../../workers/media/keyring.ts'
import { SealStream } from '../../../../workers/media/seal-stream.ts'

const HEAD = encodeHead({ source: 7, layer: 'main', isKey: true, temporal: 0, dependsOn: 0, sequence: 1, capturedMs: 0 })
const PLAIN = new Uint8Array([1, 2, 3])
const secretOf = (n: number) => new Uint8Array(32).fill(n)

async function sealing(generation: number): Promise<Keyring> {
  const keyring = new Keyring()
  await keyring.setOwn(generation, secretOf(generation), LAYERS)
  return keyring
}

test('[MEDIAWORKER-15] no two frames of this tab are sealed under one count of a key, whatever their stream', async () => {
  const keyring = await sealing(3)
  const sealed: Bytes[] = []
  const streams = (['main', 'thumb', 'audio'] as const).map(
    (layer) =>
      new SealStream<undefined>(
        { source: 7, layer },
        keyring,
        ({ bytes }) => sealed.push(bytes),
        () => undefined,
      ),
  )
  for (const stream of [...streams, ...streams]) stream.take({ bytes: PLAIN, isKey: true, temporal: 0, capturedMs: 0, of: undefined })
  // Told once more, as after a reconnection: the counts go on.
  await keyring.setOwn(3, secretOf(3), LAYERS)
  for (const stream of streams) stream.take({ bytes: PLAIN, isKey: true, temporal: 0, capturedMs: 0, of: undefined })
  await expect.poll(() => sealed.length).toBe(9)
  expect(new Set(sealed.map((bytes) => readFrameHeader(bytes)?.counter)).size).toBe(9)
})

test('[MEDIAWORKER-15] without a key nothing is sealed, and frames are numbered in the order of the encoder', async () => {
  const keyring = new Keyring()
  const heads: FrameHead[] = []
  let lost = 0
  const stream = new SealStream<undefined>(
    { source: 7, layer: 'main' },
    keyring,
    ({ head }) => heads.push(head),
    () => lost++,
  )
  const take = (isKey: boolean, temporal: number) => stream.take({ bytes: PLAIN, isKey, temporal, capturedMs: 0, of: undefined })
  take(true, 0)
  expect({ lost, sealed: heads.length }).toEqual({ lost: 1, sealed: 0 })
  expect(() => keyring.seal('main', HEAD, PLAIN)).toThrow('no key')
  await keyring.setOwn(0, secretOf(0), ['main'])
  take(true, 0)
  for (const temporal of [2, 1, 2, 0]) take(false, temporal)
  await expect.poll(() => heads.length).toBe(5)
  const first = heads[0]?.sequence ?? 0
  expect(heads.map(({ sequence, temporal, dependsOn }) => [sequence - first, temporal, dependsOn])).toEqual([
    [0, 0, 0],
    [1, 2, 1],
    [2, 1, 2],
    [3, 2, 1],
    [4, 0, 4],
  ])
})

test('[MEDIAWORKER-22] each layer is sealed under the key it was given last', async () => {
  const keyring = new Keyring()
  await keyring.setOwn(1, secretOf(1), ['audio', 'main'])
  await keyring.setOwn(2, secretOf(2), ['screen'])
  const headerOf = async (layer: 'audio' | 'main' | 'screen') => readFrameHeader(await keyring.seal(layer, HEAD, PLAIN))
  expect(keyring.canSeal('thumb')).toBe(false)
  expect([await headerOf('main'), await headerOf('screen'), await headerOf('audio')]).toMatchObject([
    { generation: 1, counter: 0 },
    { generation: 2, counter: 0 },
    { generation: 1, counter: 1 },
  ])
  // Two changes at once: the later one holds, whichever is derived first.
  await Promise.all([keyring.setOwn(3, secretOf(3), ['screen']), keyring.setOwn(4, secretOf(4), ['screen'])])
  expect(await headerOf('screen')).toMatchObject({ generation: 4, counter: 0 })
  // A key that comes back, and to another layer: no count of it is used again.
  await keyring.setOwn(1, secretOf(1), ['screen'])
  expect([await headerOf('screen'), await headerOf('main')]).toMatchObject([
    { generation: 1, counter: 2 },
    { generation: 1, counter: 3 },
  ])
})

test('[MEDIAWORKER-16] the last few keys of a sender open its frames; older ones, those of others and changed heads do not', async () => {
  const keyring = new Keyring()
  const row = Array.from({ length: SENDER_KEYS + 1 }, (_, at) => at * KEY_KINDS.length)
  for (const generation of row) keyring.setOther(7, generation, secretOf(generation))
  // A key of another kind, that was never changed.
  keyring.setOther(7, 1, secretOf(1))
  const open = async (generation: number, source = 7, head = HEAD) => {
    const opened = await keyring.open(source, head, await (await sealing(generation)).seal('main', HEAD, PLAIN))
    return opened.kind === 'frame' ? [...opened.plain] : [opened.kind, opened.generation]
  }
  expect(await open(SENDER_KEYS * KEY_KINDS.length)).toEqual([1, 2, 3])
  expect(await open(1)).toEqual([1, 2, 3])
  expect(await open(0)).toEqual(['sealed', 0])
  expect(await open(1, 8)).toEqual(['sealed', 1])
  expect(await open(1, 7, HEAD.with(12, 9))).toEqual(['false', 1])
  expect((await keyring.open(7, HEAD, new Uint8Array(3))).kind).toBe('false')
  keyring.forget(7)
  expect(await open(1)).toEqual(['sealed', 1])
})
