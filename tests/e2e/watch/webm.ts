/** A WebM file with a place for everything: how long it is, where each second begins, then its frames. RFC 8794 and RFC 9559. */

export type Frame = { readonly track: 1 | 2; readonly atMs: number; readonly isKey: boolean; readonly bytes: Uint8Array }
export type Film = {
  readonly frames: readonly Frame[]
  readonly durationMs: number
  readonly width: number
  readonly height: number
  readonly opusHead: Uint8Array
}

const CLUSTER_MS = 1_000

export function writeWebm({ frames, durationMs, width, height, opusHead }: Film): Buffer {
  const clusters = Array.from({ length: Math.ceil(durationMs / CLUSTER_MS) }, (_, n) => clusterOf(frames, n * CLUSTER_MS))
  const info = element(0x1549a966, uint(0x2ad7b1, 1_000_000), float(0x4489, durationMs), text(0x4d80, 'test'), text(0x5741, 'test'))
  const tracks = element(0x1654ae6b, video(width, height), audio(opusHead))
  // Positions have eight bytes each, so the table is as long as it will be before they are known.
  const before = info.length + tracks.length + cuesOf(clusters, 0).length
  const header = element(
    0x1a45dfa3,
    uint(0x4286, 1),
    uint(0x42f7, 1),
    uint(0x42f2, 4),
    uint(0x42f3, 8),
    text(0x4282, 'webm'),
    uint(0x4287, 4),
    uint(0x4285, 2),
  )
  return Buffer.concat([header, element(0x18538067, info, tracks, cuesOf(clusters, before), ...clusters)])
}

function clusterOf(frames: readonly Frame[], fromMs: number): Buffer {
  const inside = frames
    .filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + CLUSTER_MS)
    .sort((a, b) => a.atMs - b.atMs || b.track - a.track)
  const blocks = inside.map(({ track, atMs, isKey, bytes }) => {
    const head = Buffer.from([0x80 | track, 0, 0, isKey ? 0x80 : 0])
    head.writeInt16BE(Math.round(atMs - fromMs), 1)
    return element(0xa3, Buffer.concat([head, bytes]))
  })
  return element(0x1f43b675, uint(0xe7, fromMs), ...blocks)
}

function cuesOf(clusters: readonly Buffer[], before: number): Buffer {
  let position = before
  const points = clusters.map((cluster, n) => {
    const point = element(0xbb, uint(0xb3, n * CLUSTER_MS), element(0xb7, uint(0xf7, 1), uint(0xf1, position)))
    position += cluster.length
    return point
  })
  return element(0x1c53bb6b, ...points)
}

function video(width: number, height: number): Buffer {
  return element(
    0xae,
    uint(0xd7, 1),
    uint(0x73c5, 1),
    uint(0x83, 1),
    text(0x86, 'V_VP8'),
    element(0xe0, uint(0xb0, width), uint(0xba, height)),
  )
}

function audio(opusHead: Uint8Array): Buffer {
  const sound = element(0xe1, float(0xb5, 48_000), uint(0x9f, 1))
  return element(0xae, uint(0xd7, 2), uint(0x73c5, 2), uint(0x83, 2), text(0x86, 'A_OPUS'), element(0x63a2, Buffer.from(opusHead)), sound)
}

/** Sizes always in eight bytes. */
function element(id: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(body.length) | (1n << 56n))
  const name = Buffer.from(
    id
      .toString(16)
      .padStart(id > 0xffff ? 8 : id > 0xff ? 4 : 2, '0')
      .replace(/^00(?=.{6}$)/, ''),
    'hex',
  )
  return Buffer.concat([name, size, body])
}

function uint(id: number, value: number): Buffer {
  const body = Buffer.alloc(8)
  body.writeBigUInt64BE(BigInt(value))
  return element(id, body)
}

function float(id: number, value: number): Buffer {
  const body = Buffer.alloc(8)
  body.writeDoubleBE(value)
  return element(id, body)
}

function text(id: number, value: string): Buffer {
  return element(id, Buffer.from(value))
}
