/** Pieces of segments that somebody waits for ahead of their chunks. */
import type { FetchEffect } from '../../core/storage/fetch-state.ts'
import { isSegment } from '../../pipeline/segments.ts'
import { type Bytes, concatBytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import { Waiters } from './waiters.ts'

type Gather = { readonly pieces: Map<number, Bytes>; readonly waiters: Waiters<Bytes | undefined> }

export class GatherSegments {
  readonly #all = new Map<number, Gather>()
  readonly #left: (peek: number) => void
  #next = 0

  /** `left`: nobody waits any more. */
  constructor(left: (peek: number) => void) {
    this.#left = left
  }

  /** `bytes` rejects with `aborted`. */
  wait(signal: AbortSignal): { readonly peek: number; readonly bytes: Promise<Bytes | undefined> } {
    const peek = this.#next++
    const waiters = new Waiters<Bytes | undefined>(() => {
      if (this.#all.delete(peek)) this.#left(peek)
    })
    this.#all.set(peek, { pieces: new Map(), waiters })
    return { peek, bytes: waiters.wait({ signal }) }
  }

  take(peek: number, piece: number, bytes: Bytes): void {
    this.#all.get(peek)?.pieces.set(piece, bytes)
  }

  isRight({ peek, digests, segment, begin, end }: Extract<FetchEffect, { kind: 'check' }>): Promise<boolean> {
    return isSegment(digests, segment, this.#joined(peek, begin, end))
  }

  done(peek: number): void {
    this.#end(peek, this.#joined(peek))
  }

  /** The chunk is to be read whole. */
  fail(peek: number): void {
    this.#end(peek, undefined)
  }

  close(): void {
    for (const { waiters } of [...this.#all.values()]) waiters.reject(new RoomError('aborted', 'closed'))
    this.#all.clear()
  }

  #end(peek: number, bytes: Bytes | undefined): void {
    const gather = this.#all.get(peek)
    this.#all.delete(peek)
    gather?.waiters.resolve(bytes)
  }

  /** The pieces from `begin` to before `end`, laid end to end. */
  #joined(peek: number, begin = 0, end = Number.POSITIVE_INFINITY): Bytes {
    const pieces = [...(this.#all.get(peek)?.pieces ?? [])].filter(([at]) => at >= begin && at < end)
    return concatBytes(pieces.sort(([a], [b]) => a - b).map(([, bytes]) => bytes))
  }
}
