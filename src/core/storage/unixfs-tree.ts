/**
 * The tree that IPFS tools build over a file's leaves (UnixFS, balanced layout): nodes of at most 1,024 children, level
 * over level until one is left; a single leaf is its own root. Written as they write it, byte for byte, so that our
 * roots are theirs.
 */
import { type Bytes, concatBytes } from '../../protocol/bytes.ts'
import { assert } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { NODE_CHILDREN } from '../../protocol/limits.ts'
import { varint } from '../../protocol/varint.ts'
import { cidBytes } from './block-id.ts'

/** `bytes` of the file lie under it; it and all nodes and leaves under it are `treeBytes`. */
export type Branch = { readonly id: BlockId; readonly bytes: number; readonly treeBytes: number }

/** Children of each node of the next level up. */
export function nextLevel(branches: readonly Branch[]): readonly (readonly Branch[])[] {
  const nodes: Branch[][] = []
  for (let at = 0; at < branches.length; at += NODE_CHILDREN) nodes.push(branches.slice(at, at + NODE_CHILDREN))
  return nodes
}

const UNIXFS_FILE = 2

/** dag-pb: the links, then what UnixFS says of them. */
export function encodeFileNode(children: readonly Branch[]): Bytes {
  const bytes = children.reduce((sum, child) => sum + child.bytes, 0)
  const unixfs = concatBytes([number(1, UNIXFS_FILE), number(3, bytes), ...children.map((child) => number(4, child.bytes))])
  const links = children.map(({ id, treeBytes }) => {
    const hash = cidBytes(id)
    assert(hash !== undefined, 'a branch has an id of ours')
    return message(2, concatBytes([message(1, hash), message(2, new Uint8Array()), number(3, treeBytes)]))
  })
  return concatBytes([...links, message(1, unixfs)])
}

function message(field: number, bytes: Bytes): Bytes {
  return concatBytes([varint(field * 8 + 2), varint(bytes.byteLength), bytes])
}

function number(field: number, value: number): Bytes {
  return concatBytes([varint(field * 8), varint(value)])
}
