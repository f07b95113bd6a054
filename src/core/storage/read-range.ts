/**
 * Reads a range of a file by walking its tree: a list of what is still to come, in order. The first entry is taken, a
 * leaf gives bytes and a node gives way to its children. Whoever carries this out may load the next few entries early.
 */
import type { BlockId } from '../../protocol/ids.ts'
import { DAG_DEPTH } from '../../protocol/limits.ts'
import { slicesOf } from './byte-range.ts'
import { isLeaf } from './fetch-state.ts'
import { parseFileNode } from './unixfs-node.ts'

/** A block under which `length` bytes of the file are wanted, from `offset`; `bytes` lie under it altogether. */
export type Coming = {
  readonly id: BlockId
  readonly bytes: number
  readonly offset: number
  readonly length: number
  readonly depth: number
}

export type ReadStep =
  | { readonly kind: 'bytes'; readonly coming: readonly Coming[]; readonly bytes: Uint8Array }
  | { readonly kind: 'deeper'; readonly coming: readonly Coming[] }
  | { readonly kind: 'refused'; readonly reason: 'file-invalid' }

export function startReading(root: BlockId, fileBytes: number, offset: number, length: number): readonly Coming[] {
  return length === 0 ? [] : [{ id: root, bytes: fileBytes, offset, length, depth: 0 }]
}

/** `block`: the bytes of the first entry, hash checked. */
export function readStep(coming: readonly Coming[], block: Uint8Array): ReadStep {
  const [first, ...rest] = coming
  if (first === undefined) return { kind: 'refused', reason: 'file-invalid' }
  const { id, bytes, offset, length, depth } = first
  if (isLeaf(id)) {
    if (block.byteLength !== bytes) return { kind: 'refused', reason: 'file-invalid' }
    return { kind: 'bytes', coming: rest, bytes: block.subarray(offset, offset + length) }
  }
  const node = parseFileNode(block)
  if (node === undefined || node.bytes !== bytes || depth >= DAG_DEPTH) return { kind: 'refused', reason: 'file-invalid' }
  const children = slicesOf(node.children, offset, length).map(({ item, ...slice }) => ({ ...item, ...slice, depth: depth + 1 }))
  return { kind: 'deeper', coming: [...children, ...rest] }
}
