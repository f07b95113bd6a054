/**
 * What a hop keeps of a stream for whoever subscribes next: the last key frame and the base layer after it, whole or not at
 * all. A chain with a hole, one that is too large, or one that is too old shows nobody anything sooner than a new key
 * frame would.
 */
import type { Bytes } from '../../../protocol/bytes.ts'
import { GOP_CACHE_BYTES, GOP_CACHE_MS } from '../../../protocol/limits.ts'
import type { FrameHead } from '../../../protocol/media.ts'
import { isVoice } from '../../../protocol/media-worker.ts'
import { distance } from './recent-sequences.ts'

export type GopCache = {
  readonly packets: readonly Bytes[]
  readonly bytes: number
  /** When the key frame came. */
  readonly keyAtMs: number
  /** Of the last one kept. */
  readonly sequence: number
}

export const EMPTY_CACHE: GopCache = { packets: [], bytes: 0, keyAtMs: 0, sequence: 0 }

export type Replay = { readonly kind: 'frames'; readonly packets: readonly Bytes[] } | { readonly kind: 'ask-source' }

/** Each frame as it is given out, in sequence. */
export function keepFrame(cache: GopCache, head: FrameHead, packet: Bytes, nowMs: number): GopCache {
  const { layer, isKey, temporal, sequence, dependsOn } = head
  // A voice needs no past: each of its frames is whole.
  if (isVoice(layer) || temporal > 0) return cache
  const bytes = packet.byteLength
  if (isKey) return bytes > GOP_CACHE_BYTES ? EMPTY_CACHE : { packets: [packet], bytes, keyAtMs: nowMs, sequence }
  if (cache.packets.length === 0 || distance(sequence, cache.sequence) <= 0) return cache
  const isWhole =
    distance(sequence, cache.sequence) === dependsOn && cache.bytes + bytes <= GOP_CACHE_BYTES && nowMs - cache.keyAtMs <= GOP_CACHE_MS
  return isWhole ? { ...cache, packets: [...cache.packets, packet], bytes: cache.bytes + bytes, sequence } : EMPTY_CACHE
}

/** For a child that begins, or begins again: each packet goes through `forwardFrame` as if it came now. */
export function replayFrom(cache: GopCache, nowMs: number): Replay {
  if (cache.packets.length === 0 || nowMs - cache.keyAtMs > GOP_CACHE_MS) return { kind: 'ask-source' }
  return { kind: 'frames', packets: cache.packets }
}
