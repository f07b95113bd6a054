import { expect, test } from 'vitest'
import { type Chunk, type Cutting, cutAt, firstPiece, isCutDue, pieceLength, pieceName } from '../../../../src/core/record/cut-pieces.ts'
import { whyEnd } from '../../../../src/core/record/why-end.ts'
import { RECORD_PIECE_BYTES, RECORD_PIECE_MIN_MS, RECORD_PIECE_MS, RECORD_WAITING_BYTES } from '../../../../src/protocol/limits.ts'

const MINUTE = RECORD_PIECE_MS / 1_000
const at = (seconds: number) => Math.round(seconds * 1e6)
const key = (seconds: number, bytes = 10): Chunk => ({ kind: 'video', isKey: true, timestampUs: at(seconds), bytes })
const delta = (seconds: number, bytes = 1): Chunk => ({ kind: 'video', isKey: false, timestampUs: at(seconds), bytes })
const sound = (seconds: number): Chunk => ({ kind: 'audio', isKey: true, timestampUs: at(seconds), bytes: 1 })

/** Into which piece each goes, and which pieces end with it. */
function cut(...chunks: readonly Chunk[]) {
  let cutting: Cutting = firstPiece(RECORD_PIECE_MS)
  return chunks.map((chunk) => {
    const { next, into, ended } = cutAt(cutting, chunk)
    cutting = next
    return ended === undefined ? `${into}` : `${into}, ${ended} ended`
  })
}

test('[RECORD-7] a piece begins with a key frame once it is due, and has the sound of its time', () => {
  const chunks = [
    key(0),
    sound(0),
    key(10),
    delta(MINUTE),
    key(MINUTE + 1),
    sound(MINUTE + 0.9),
    delta(MINUTE + 1.1),
    sound(MINUTE + 1),
    delta(MINUTE + 2),
  ]
  expect(cut(...chunks)).toEqual(['0', '0', '0', '0', '1', '0', '1', '1, 0 ended', '1'])
})

test('[RECORD-7] many bytes cut as a minute does, and a call without sound is cut too', () => {
  const chunks = [key(0), delta(1, RECORD_PIECE_BYTES), delta(2), key(3, 2), delta(4, RECORD_PIECE_BYTES), key(5)]
  expect(cut(...chunks)).toEqual(['0', '0', '0', '1', '1', '2, 0 ended'])
  const second = { ...firstPiece(RECORD_PIECE_MS), fromUs: at(5) }
  expect([at(5 + MINUTE) - 1, at(5 + MINUTE)].map((us) => isCutDue(second, us))).toEqual([false, true])
  expect([at(7) - 1, at(7)].map((us) => isCutDue({ ...second, pieceMs: 2_000 }, us))).toEqual([false, true])
  expect([0, 11, 1_200].map(pieceName)).toEqual(['part 001.webm', 'part 012.webm', 'part 1201.webm'])
})

test('[RECORD-7] pieces may be wished shorter, within bounds', () => {
  const wishes = [undefined, Number.NaN, -1, 0, 5_000, Number.POSITIVE_INFINITY]
  const [shortest, longest] = [RECORD_PIECE_MIN_MS, RECORD_PIECE_MS]
  expect(wishes.map(pieceLength)).toEqual([longest, longest, shortest, shortest, 5_000, longest])
})

test('[RECORD-8] a recording ends by itself when its call, its right, or the room for it is gone', () => {
  const well = { isInCall: true, mayRecord: true, waitingBytes: RECORD_WAITING_BYTES, trouble: undefined }
  expect(whyEnd(well)).toBeUndefined()
  expect(whyEnd({ ...well, isInCall: false })).toBe('left')
  expect(whyEnd({ ...well, mayRecord: false })).toBe('role')
  expect(whyEnd({ ...well, waitingBytes: RECORD_WAITING_BYTES + 1 })).toBe('slow')
  expect(whyEnd({ isInCall: false, mayRecord: false, waitingBytes: 0, trouble: 'full' })).toBe('full')
})
