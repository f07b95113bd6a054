/** Another implementation of IPFS reads what our importer wrote: Helia as its makers assemble it, over a store of our blocks. */
import { unixfs } from '@helia/unixfs'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { Importer } from '../../src/tab/storage/importer.ts'
import { bytesOf, inThisThread, readAll } from '../twins/files-tab.ts'

test('[STORAGE-5] Helia reads a file of ours, whole and from the middle', async () => {
  const helia = await createHeliaLight().start()
  const data = bytesOf(3 * 1024 * 1024 + 17)
  const store = async (batch: readonly { readonly id: string; readonly bytes: Bytes }[]) => {
    for (const { id, bytes } of batch) await helia.blockstore.put(CID.parse(id), bytes)
  }
  const { root } = await new Importer(inThisThread()).run(new Blob([data]), store, new AbortController().signal)

  const files = unixfs(helia)
  expect(await readAll(files.cat(CID.parse(root)))).toEqual(data)
  expect(await readAll(files.cat(CID.parse(root), { offset: 1024 * 1024 - 5, length: 10 }))).toEqual(
    data.slice(1024 * 1024 - 5, 1024 * 1024 + 5),
  )
  await helia.stop()
})
