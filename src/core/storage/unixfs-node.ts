/**
 * Reads a UnixFS node of a file: which blocks follow and how many bytes of the file lie under each. Only what the
 * profile `unixfs-v1-2025` writes is understood: a dag-pb node of type file with links and no bytes of its own.
 * Everything else, and every number that does not add up, is refused: nodes come from strangers.
 */
import { NODE_CHILDREN } from '../../protocol/limits.ts'
import { toBlockId } from './block-id.ts'
import { type Child, isLeaf, isNode } from './fetch-state.ts'

export type FileNode = { readonly bytes: number; readonly children: readonly Child[] }

const UNIXFS_FILE = 2

export function parseFileNode(block: Uint8Array): FileNode | undefined {
  const fields = parseFields(block)
  const data = fields?.filter(({ number }) => number === 1).map(({ bytes }) => bytes) ?? []
  const links = fields?.filter(({ number }) => number === 2).map(({ bytes }) => bytes) ?? []
  const [unixfs] = data
  if (fields === undefined || data.length !== 1 || unixfs === undefined || data.length + links.length !== fields.length) return undefined
  const file = parseUnixfs(unixfs)
  if (file === undefined || file.blockSizes.length !== links.length || links.length > NODE_CHILDREN) return undefined

  const children: Child[] = []
  let total = 0
  for (const [i, link] of links.entries()) {
    const hash = link === undefined ? undefined : parseFields(link)?.find(({ number }) => number === 1)?.bytes
    const bytes = file.blockSizes[i] ?? 0
    const id = hash === undefined ? undefined : toBlockId(hash)
    if (id === undefined || !(isLeaf(id) || isNode(id))) return undefined
    children.push({ id, bytes })
    total += bytes
  }
  return total === file.bytes && Number.isSafeInteger(total) ? { bytes: total, children } : undefined
}

function parseUnixfs(data: Uint8Array): { bytes: number; blockSizes: number[] } | undefined {
  const fields = parseFields(data)
  if (fields === undefined) return undefined
  const fieldOf = (number: number) => fields.find((field) => field.number === number)?.value
  const hasOwnBytes = fields.some(({ number, bytes }) => number === 2 && (bytes?.byteLength ?? 0) > 0)
  if (fieldOf(1) !== UNIXFS_FILE || hasOwnBytes) return undefined
  const blockSizes = fields.filter(({ number }) => number === 4).map(({ value }) => value ?? -1)
  return blockSizes.some((size) => size < 0) ? undefined : { bytes: fieldOf(3) ?? 0, blockSizes }
}

type Field = { readonly number: number; readonly value: number | undefined; readonly bytes: Uint8Array | undefined }

/** The fields of one protobuf message: whole numbers and byte strings, the only two kinds that occur here. */
function parseFields(message: Uint8Array): Field[] | undefined {
  const fields: Field[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = message[at++]
      if (byte === undefined) return Number.NaN
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    return Number.NaN
  }
  while (at < message.byteLength) {
    const key = varint()
    const number = Math.floor(key / 8)
    const value = varint()
    if (!Number.isSafeInteger(number) || !Number.isSafeInteger(value)) return undefined
    if (key % 8 === 0) fields.push({ number, value, bytes: undefined })
    else if (key % 8 === 2 && at + value <= message.byteLength) {
      fields.push({ number, value: undefined, bytes: message.subarray(at, at + value) })
      at += value
    } else return undefined
  }
  return fields
}
