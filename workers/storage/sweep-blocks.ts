/**
 * Takes blocks off the disk that no file needs any more. Files share blocks, also across rooms, so whatever a published
 * file reaches stays. Tabs hold a lock while they add files, whose blocks nothing reaches yet.
 */
import { isLeaf } from '../../src/core/storage/fetch-state.ts'
import { parseFileNode } from '../../src/core/storage/unixfs-node.ts'
import type { BlockStore } from '../../src/ports/block-store.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import { publishedRoots } from './published-files.ts'

export async function sweepBlocks(store: BlockStore, ids: readonly BlockId[]): Promise<void> {
  const doomed = await reachable(store, ids)
  const needed = await reachable(store, await publishedRoots())
  await store.delete([...doomed].filter((id) => !needed.has(id)))
}

/** These blocks and, as far as the store has the nodes, all under them. */
async function reachable(store: BlockStore, roots: Iterable<BlockId>): Promise<ReadonlySet<BlockId>> {
  const seen = new Set(roots)
  // A Set takes in what is added while it is walked.
  for (const id of seen) {
    if (isLeaf(id)) continue
    const block = await store.get(id)
    const node = block === undefined ? undefined : parseFileNode(block)
    for (const child of node?.children ?? []) seen.add(child.id)
  }
  return seen
}
