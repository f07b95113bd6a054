/**
 * A file as a CAR of the UnixFS blocks that `ipfs add` would make of it under the same profile. Blocks go out as they
 * are made, leaves before the nodes over them, so a file of any size takes the same memory; the header names the root,
 * which is therefore known beforehand.
 */
import { type AddOptions, type UnixFSComponents, unixfs } from '@helia/unixfs'
import { CID } from 'multiformats/cid'
import { carHeader, carSection } from '../../src/core/storage/car.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { assert, RoomError } from '../../src/protocol/errors.ts'
import type { UnixfsProfile } from '../../src/protocol/import-worker.ts'
import { EXPORT_PIECES } from '../../src/protocol/limits.ts'

/** `send` resolves when the piece was taken. `root` null: nothing is sent. Gives the root, of version 0 for `unixfs-v0-2015`. */
export async function exportCar(
  bytes: AsyncIterable<Uint8Array>,
  profile: UnixfsProfile,
  root: string | null,
  send: (piece: Bytes) => Promise<void>,
): Promise<string> {
  const sending = new Set<Promise<void>>()
  const put = async (cid: CID, block: Uint8Array): Promise<CID> => {
    assert(block instanceof Uint8Array, 'the importer writes whole blocks')
    if (root === null) return cid
    while (sending.size >= EXPORT_PIECES) await Promise.race(sending)
    const sent = send(carSection(cid.bytes, block)).finally(() => sending.delete(sent))
    sending.add(sent)
    sent.catch(() => undefined)
    return cid
  }
  if (root !== null) await send(carHeader(CID.parse(root).bytes))
  // The importer writes and nothing more; the other half of the interface is never reached.
  const blockstore = { put } as unknown as UnixFSComponents['blockstore']
  const made = await unixfs({ blockstore }).addByteStream(bytes, settingsOf(profile))
  await Promise.all(sending)
  if (root !== null && made.toString() !== root) throw new RoomError('file-invalid', 'the bytes are not those of the root')
  return made.toString()
}

/** Helia brings settings of its own; a profile is followed only where they are taken out. */
function settingsOf(profile: UnixfsProfile): Partial<AddOptions> {
  return { profile, cidVersion: undefined, rawLeaves: undefined, layout: undefined, chunker: undefined }
}
