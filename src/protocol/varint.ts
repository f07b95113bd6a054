/** Whole numbers as protobuf, multiformats and our own frames write them (unsigned LEB128): seven bits a byte, the lowest first. */
import type { Bytes } from './bytes.ts'

/** Division, not shifts: files are longer than 32 bits count. */
export function varint(value: number): Bytes {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return new Uint8Array([...bytes, rest])
}
