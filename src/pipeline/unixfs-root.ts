/** The UnixFS root of a file from the hashes of its leaves alone: whoever knows the leaves knows the checksum of the whole. */
import { toNodeId, toRawId } from '../core/storage/block-id.ts'
import { type Branch, encodeFileNode, nextLevel } from '../core/storage/unixfs-tree.ts'
import type { BlockId } from '../protocol/ids.ts'
import { sha256 } from './sha256.ts'

/** `hash`: SHA-256 of the leaf's bytes. No leaves: the empty file. */
export async function unixfsRoot(leaves: readonly { readonly hash: Uint8Array; readonly bytes: number }[]): Promise<BlockId> {
  if (leaves.length === 0) return toRawId(await sha256(new Uint8Array()))
  let level: readonly Branch[] = leaves.map(({ hash, bytes }) => ({ id: toRawId(hash), bytes, treeBytes: bytes }))
  while (level.length > 1) level = await Promise.all(nextLevel(level).map(nodeOver))
  return (level[0] as Branch).id
}

async function nodeOver(children: readonly Branch[]): Promise<Branch> {
  const block = encodeFileNode(children)
  const sum = (count: (child: Branch) => number) => children.reduce((total, child) => total + count(child), 0)
  return {
    id: toNodeId(await sha256(block)),
    bytes: sum((child) => child.bytes),
    treeBytes: block.byteLength + sum((child) => child.treeBytes),
  }
}
