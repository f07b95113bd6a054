/** Other implementations of IPFS read what we export: a CAR taken apart by `@ipld/car`, its blocks read by Helia as its makers assemble it. */
import { unixfs } from '@helia/unixfs'
import { CarBlockIterator } from '@ipld/car'
import { createHeliaLight } from 'helia'
import { expect, test } from 'vitest'
import { Importer } from '../../src/tab/storage/importer.ts'
import { bytesOf, inThisThread, pieces, readAll } from '../twins/import-worker.ts'

const MIB = 1024 * 1024

test.each(['unixfs-v1-2025', 'unixfs-v0-2015'] as const)(
  '[SEAL-12] Helia reads a file from a CAR of ours, whole and from the middle: %s',
  async (profile) => {
    const helia = await createHeliaLight().start()
    const data = bytesOf(3 * MIB + 17)
    const car = await CarBlockIterator.fromIterable(new Importer(inThisThread()).exportCar(() => pieces(data, 100_000), { profile }))
    for await (const { cid, bytes } of car) await helia.blockstore.put(cid, bytes)

    const [root] = await car.getRoots()
    expect(root?.version).toBe(profile === 'unixfs-v1-2025' ? 1 : 0)
    if (root === undefined) return
    const files = unixfs(helia)
    expect(await readAll(files.cat(root))).toEqual(data)
    expect(await readAll(files.cat(root, { offset: MIB - 5, length: 10 }))).toEqual(data.slice(MIB - 5, MIB + 5))
    await helia.stop()
  },
)
