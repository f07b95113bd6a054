/**
 * Where a recording is cut. A piece begins with a key frame and ends with the last sound before the next one, so each plays
 * by itself. A key frame is asked for when a piece has its length; sound goes to the piece of its time, whenever it comes.
 */
import { RECORD_PIECE_BYTES, RECORD_PIECE_MIN_MS, RECORD_PIECE_MS } from '../../protocol/limits.ts'

export type Cutting = {
  readonly pieceMs: number
  /** Of the piece that pictures go to. */
  readonly piece: number
  readonly fromUs: number
  readonly bytes: number
  /** The piece before is open until sound has reached the cut. */
  readonly isClosing: boolean
}

export type Chunk = { readonly kind: 'video' | 'audio'; readonly isKey: boolean; readonly timestampUs: number; readonly bytes: number }

export type Cut = {
  readonly next: Cutting
  /** The piece that the chunk goes to. */
  readonly into: number
  /** A piece that has all of its own now. */
  readonly ended: number | undefined
}

/** What is wished of the length of pieces, within bounds. */
export function pieceLength(wishMs: number | undefined): number {
  return wishMs === undefined || Number.isNaN(wishMs) ? RECORD_PIECE_MS : Math.min(RECORD_PIECE_MS, Math.max(RECORD_PIECE_MIN_MS, wishMs))
}

export function firstPiece(pieceMs: number): Cutting {
  return { pieceMs, piece: 0, fromUs: 0, bytes: 0, isClosing: false }
}

/** The next picture is to be a key frame. */
export function isCutDue({ pieceMs, fromUs, bytes }: Cutting, nowUs: number): boolean {
  return nowUs - fromUs >= pieceMs * 1_000 || bytes >= RECORD_PIECE_BYTES
}

export function cutAt(before: Cutting, chunk: Chunk): Cut {
  const { kind, isKey, timestampUs, bytes } = chunk
  if (kind === 'video' && isKey && isCutDue(before, timestampUs)) {
    const next = { pieceMs: before.pieceMs, piece: before.piece + 1, fromUs: timestampUs, bytes, isClosing: true }
    // Two cuts without any sound between them: the first is over.
    return { next, into: next.piece, ended: before.isClosing ? before.piece - 1 : undefined }
  }
  if (kind === 'audio' && before.isClosing && timestampUs < before.fromUs) return { next: before, into: before.piece - 1, ended: undefined }
  const next = { ...before, bytes: before.bytes + bytes, isClosing: before.isClosing && kind === 'video' }
  return { next, into: before.piece, ended: before.isClosing && kind === 'audio' ? before.piece - 1 : undefined }
}

export function pieceName(piece: number): string {
  return `part ${String(piece + 1).padStart(3, '0')}.webm`
}
