import { CarReader } from '@ipld/car'
import { expect, test } from 'vitest'
import { RoomError } from '../../../../src/protocol/errors.ts'
import { Importer } from '../../../../src/tab/storage/importer.ts'
import { bytesOf, inThisThread, pieces, readAll } from '../../../twins/import-worker.ts'
import { contentOf, unixfsFiles } from '../../../twins/unixfs-files.ts'

const MIB = 1024 * 1024
const importer = new Importer(inThisThread())

test.each(unixfsFiles)('[SEAL-11] [SEAL-12] the CAR of $name has the roots that ipfs add gives it', async (file) => {
  for (const profile of ['unixfs-v1-2025', 'unixfs-v0-2015'] as const) {
    const car = importer.exportCar(() => pieces(contentOf(file), MIB), { profile })
    let first: Uint8Array | undefined
    for await (const piece of car) first ??= piece
    expect(await car.root).toBe(file[profile])
    const header = await CarReader.fromBytes(first as Uint8Array)
    expect((await header.getRoots()).map(String)).toEqual([file[profile]])
  }
})

test('[SEAL-11] 10 MiB are 10 leaves under 509 bytes by one profile, 40 leaves under 1,930 bytes by the other', async () => {
  const shapeOf = async (profile: 'unixfs-v1-2025' | 'unixfs-v0-2015') => {
    const car = await CarReader.fromBytes(await readAll(importer.exportCar(() => pieces(bytesOf(10 * MIB), MIB), { profile })))
    const [root] = await car.getRoots()
    const sizes: number[] = []
    for await (const { bytes } of car.blocks()) sizes.push(bytes.byteLength)
    return { blocks: sizes.length, root: root === undefined ? 0 : (await car.get(root))?.bytes.byteLength }
  }
  expect(await shapeOf('unixfs-v1-2025')).toEqual({ blocks: 11, root: 509 })
  expect(await shapeOf('unixfs-v0-2015')).toEqual({ blocks: 41, root: 1930 })
})

test('[SEAL-12] the file is read once when its root is known, twice when not; it is never held', async () => {
  const data = bytesOf(3 * MIB)
  let reads = 0
  const read = () => {
    reads++
    return pieces(data, MIB)
  }
  const unknown = importer.exportCar(read, { profile: 'unixfs-v1-2025' })
  await readAll(unknown)
  expect(reads).toBe(2)
  await readAll(importer.exportCar(read, { profile: 'unixfs-v1-2025', root: await unknown.root }))
  expect(reads).toBe(3)
})

test('[SEAL-12] who takes the pieces slowly has a few of them waiting and no more', async () => {
  let given = 0
  async function* long(): AsyncGenerator<Uint8Array> {
    for (; given < 200; given++) yield bytesOf(MIB, given + 1)
  }
  const car = importer.exportCar(long, { profile: 'unixfs-v1-2025', root: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku' })
  const taking = car[Symbol.asyncIterator]()
  await taking.next()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(given).toBeLessThan(30)
  await taking.return?.()
})

test('[SEAL-12] bytes that are not those of the root they were said to have end the CAR with a failure', async () => {
  const root = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
  const car = importer.exportCar(() => pieces(bytesOf(5), 5), { profile: 'unixfs-v1-2025', root })
  await expect(readAll(car)).rejects.toMatchObject({ code: 'file-invalid' })
  await expect(car.root).rejects.toMatchObject({ code: 'file-invalid' })
})

test('[SEAL-13] an export that is left, aborted or whose source fails ends, and its source is let go', async () => {
  let letGo = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(MIB)
    } finally {
      letGo++
    }
  }
  const root = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
  const left = importer.exportCar(endless, { profile: 'unixfs-v1-2025', root })
  let taken = 0
  for await (const _ of left) if (++taken === 3) break
  await expect(left.root).rejects.toMatchObject({ code: 'aborted' })

  const stop = new AbortController()
  const stopped = readAll(importer.exportCar(endless, { profile: 'unixfs-v0-2015', signal: stop.signal }))
  setTimeout(() => stop.abort(), 20)
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' })
  await expect.poll(() => letGo).toBe(2)

  // biome-ignore lint/correctness/useYield: it breaks before it gives anything.
  async function* gone(): AsyncGenerator<Uint8Array> {
    throw new RoomError('block-missing')
  }
  await expect(readAll(importer.exportCar(gone, { profile: 'unixfs-v1-2025', root }))).rejects.toMatchObject({ code: 'block-missing' })
})
