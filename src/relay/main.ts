/**
 * Starts the relay. Everything else is imported once the first two have run: an old Node.js would fail to link it, and
 * code loaded before the heap is bounded has already grown it.
 */
import './require-node.ts'
import './small-heap.ts'

const { runRelay } = await import('./run-relay.ts')
await runRelay(process.argv[2])
