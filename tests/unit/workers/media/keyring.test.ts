import { expect, test } from 'vitest'
import { readFrameHeader } from '../../../../src/pipeline/sframe.ts'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import { KEY_SOURCES, SENDER_KEYS } from '../../../../src/protocol/limits.ts'
import { encodeHead, type FrameHead, keyNumber, LAYERS } from '../../../../src/protocol/media.ts'
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
  const row = Array.from({ length: SENDER_KEYS + 1 }, (_, at) => keyNumber('main', at))
  for (const generation of row) keyring.setOther(7, generation, secretOf(generation))
  // A key of another kind, that was never changed.
  const voice = keyNumber('audio', 0)
  keyring.setOther(7, voice, secretOf(voice))
  const open = async (generation: number, source = 7, head = HEAD) => {
    const layer = generation === voice ? 'audio' : 'main'
    const opened = await keyring.open({ source, layer }, head, await (await sealing(generation)).seal(layer, HEAD, PLAIN))
    return opened.kind === 'frame' ? [...opened.plain] : [opened.kind, opened.generation]
  }
  const [oldest, newest] = [keyNumber('main', 0), keyNumber('main', SENDER_KEYS)]
  expect(await open(newest)).toEqual([1, 2, 3])
  expect(await open(voice)).toEqual([1, 2, 3])
  expect(await open(oldest)).toEqual(['sealed', oldest])
  expect(await open(newest, 8)).toEqual(['sealed', newest])
  expect(await open(newest, 7, HEAD.with(12, 9))).toEqual(['false', newest])
  expect((await keyring.open({ source: 7, layer: 'main' }, HEAD, new Uint8Array(3))).kind).toBe('false')
})

test('[MEDIAWORKER-42] keys of those who left go when many others told theirs since; who is here tells a new one whenever somebody leaves, and is kept', async () => {
  const keyring = new Keyring()
  const [present, gone] = [7, 8]
  const opens = async (source: number, generation: number) => {
    const sealed = await (await sealing(generation)).seal('main', HEAD, PLAIN)
    return (await keyring.open({ source, layer: 'main' }, HEAD, sealed)).kind
  }
  const keys = [0, 1, 2].map((count) => keyNumber('main', count))
  const [first, second, third] = keys as [number, number, number]
  for (const source of [present, gone]) keyring.setOther(source, first, secretOf(first))
  const others = Array.from({ length: KEY_SOURCES - 1 }, (_, at) => 100 + at)
  for (const source of others.slice(1)) keyring.setOther(source, first, secretOf(first))
  expect([await opens(present, first), await opens(gone, first)]).toEqual(['frame', 'frame'])
  keyring.setOther(present, second, secretOf(second))
  for (const source of others.slice(0, 1)) keyring.setOther(source, first, secretOf(first))
  expect([await opens(present, first), await opens(present, second), await opens(gone, first)]).toEqual(['frame', 'frame', 'sealed'])
  // It came back, and its key was told anew.
  keyring.setOther(gone, third, secretOf(third))
  expect(await opens(gone, third)).toBe('frame')
})

test('[MEDIAWORKER-32] a key opens frames of its own kind only', async () => {
  const keyring = new Keyring()
  const small = keyNumber('thumb', 5)
  keyring.setOther(7, small, secretOf(small))
  const sealedWithIt = await (await sealing(small)).seal('audio', HEAD, PLAIN)
  expect((await keyring.open({ source: 7, layer: 'thumb' }, HEAD, sealedWithIt)).kind).toBe('frame')
  for (const layer of ['main', 'audio', 'screen', 'screen-audio'] as const) {
    expect(await keyring.open({ source: 7, layer }, HEAD, sealedWithIt)).toEqual({ kind: 'false', generation: small })
  }
})
