/** A stream as a source numbers it: heads for the temporal layers that its encoder gave. */
import fc from 'fast-check'
import { beginPattern, nextDependency } from '../../../../../src/core/call/frames/temporal-pattern.ts'
import type { FrameHead, Layer } from '../../../../../src/protocol/media.ts'

/** 'K' is a key frame, a digit a temporal layer. Frames come each 33 ms, and sequences begin at 0. */
export function streamOf(frames: string, { layer = 'main', atMs = 0 }: { layer?: Layer; atMs?: number } = {}): readonly FrameHead[] {
  let pattern = beginPattern(0)
  return [...frames].map((kind, at) => {
    const isKey = kind === 'K'
    const temporal = isKey ? 0 : Number(kind)
    const { next, dependsOn } = nextDependency(pattern, { isKey, temporal })
    const head: FrameHead = { source: 1, layer, isKey, temporal, dependsOn, sequence: pattern.count, capturedMs: (atMs + at * 33) >>> 0 }
    pattern = next
    return head
  })
}

/** The usual pattern of four, with a key frame each `keyEvery` groups. */
export function groups(count: number, keyEvery = Number.POSITIVE_INFINITY): string {
  return Array.from({ length: count }, (_, at) => (at === 0 || at % keyEvery === 0 ? 'K212' : '0212')).join('')
}

/** Patterns as encoders give them under load, too: any layer may come at any time. */
export const anyStream = fc
  .array(fc.constantFrom('K', '0', '0', '1', '1', '2', '2', '2'), { minLength: 1, maxLength: 60 })
  .map((kinds) => streamOf(`K${kinds.join('')}`))
