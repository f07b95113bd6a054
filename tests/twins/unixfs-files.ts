/** The files of tests/vectors/unixfs.json and seal.json. */

import type { Bytes } from '../../src/protocol/bytes.ts'
import { readVectors } from '../unit/protocol/vectors.ts'

export type UnixfsFile = {
  readonly name: string
  readonly bytes?: number
  readonly text?: string
  readonly 'unixfs-v1-2025': string
  readonly 'unixfs-v0-2015': string
}

export const unixfsFiles = readVectors<{ files: readonly UnixfsFile[] }>('unixfs').files

export function contentOf({ text, bytes = 0 }: Pick<UnixfsFile, 'text' | 'bytes'>): Bytes {
  if (text !== undefined) return new TextEncoder().encode(text)
  const content = new Uint8Array(bytes)
  for (let i = 0; i < bytes; i++) content[i] = i + (i >> 8) * 7 + (i >> 16) * 13
  return content
}
