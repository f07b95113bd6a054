/** The pieces of a CAR, version 1: a header that names the root, then one section for each block. */
import { type Bytes, concatBytes } from '../../protocol/bytes.ts'
import { varint } from '../../protocol/varint.ts'

/** DAG-CBOR of `{ roots: [root], version: 1 }`, where a CID is a tagged byte string with a zero in front. */
export function carHeader(root: Uint8Array): Bytes {
  const link = concatBytes([Uint8Array.of(0xd8, 42, 0x58, root.byteLength + 1, 0), root])
  const header = concatBytes([
    Uint8Array.of(0xa2, 0x65),
    ascii('roots'),
    Uint8Array.of(0x81),
    link,
    Uint8Array.of(0x67),
    ascii('version'),
    Uint8Array.of(1),
  ])
  return concatBytes([varint(header.byteLength), header])
}

export function carSection(cid: Uint8Array, block: Uint8Array): Bytes {
  return concatBytes([varint(cid.byteLength + block.byteLength), cid, block])
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}
