/** Pieces of segments that somebody waits for ahead of their chunks. */
import type { FetchEffect } from '../../core/storage/fetch-state.ts'
import { isSegment } from '../../pipeline/segments.ts'
import { type Bytes, concatBytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'

type Gathered = {
  readonly pieces: Map<number, Bytes>
  readonly end: (bytes: Bytes | undefined) => void
  readonly abort: () => void
}

export class GatherSegments {
  readonly #all = new Map<number, Gathered>()
  readonly #left: (peek: number) => void
  #next = 0

  /** `left`: nobody waits any more. */
  constructor(left: (peek: number) => void) {
    this.#left = left
  }

  /** `bytes` rejects with `aborted`. */
  wait(signal: AbortSignal): { readonly peek: number; readonly bytes: Promise<Bytes | undefined> } {
    const peek = this.#next++
    const bytes = new Promise<Bytes | undefined>((resolve, reject) => {
      const leave = () => {
        this.#all.get(peek)?.abort()
        this.#left(peek)
      }
      const over = () => {
        this.#all.delete(peek)
        signal.removeEventListener('abort', leave)
      }
      const end = (bytes: Bytes | undefined) => {
        over()
        resolve(bytes)
      }
      const abort = () => {
        over()
        reject(new RoomError('aborted', 'nobody waits for it'))
      }
      this.#all.set(peek, { pieces: new Map(), end, abort })
      signal.addEventListener('abort', leave, { once: true })
    })
    return { peek, bytes }
  }

  take(peek: number, piece: number, bytes: Bytes): void {
    this.#all.get(peek)?.pieces.set(piece, bytes)
  }

  isRight({ peek, digests, segment, begin, end }: Extract<FetchEffect, { kind: 'check' }>): Promise<boolean> {
    return isSegment(digests, segment, this.#joined(peek, begin, end))
  }

  /** The pieces from `begin` to before `end`, laid end to end. */
  #joined(peek: number, begin = 0, end = Number.POSITIVE_INFINITY): Bytes {
    const pieces = [...(this.#all.get(peek)?.pieces ?? [])].filter(([at]) => at >= begin && at < end)
    return concatBytes(pieces.sort(([a], [b]) => a - b).map(([, bytes]) => bytes))
  }

  done(peek: number): void {
    this.#all.get(peek)?.end(this.#joined(peek))
  }

  fail(peek: number): void {
    this.#all.get(peek)?.end(undefined)
  }

  close(): void {
    for (const { abort } of [...this.#all.values()]) abort()
  }
}
