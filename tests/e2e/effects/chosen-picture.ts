/** Files that somebody chooses to stand behind them: real pictures of one colour, and how a tab takes them. */
import { Buffer } from 'node:buffer'
import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'
import type { BackgroundKept } from '../../../src/ports/asterism.ts'
import type { Device } from '../device.ts'

/** A PNG of one colour out of a palette of one: a large one is hardly longer than a small one. */
export async function pngOf(width: number, height: number, colour: readonly number[]): Promise<Buffer> {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([1, 3, 0, 0, 0], 8)
  const rows = await promisify<Buffer, Buffer>(deflate)(Buffer.alloc(height * (1 + Math.ceil(width / 8))))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    part('IHDR', head),
    part('PLTE', Buffer.from(colour)),
    part('IDAT', rows),
    part('IEND', Buffer.alloc(0)),
  ])
}

function part(name: string, bytes: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), bytes])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(bytes.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

export function keep({ page }: Device, bytes: Buffer): Promise<BackgroundKept> {
  return page.evaluate(async (text) => {
    const file = new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))])
    return (await asterism.room.call.tools()).ownBackground.keep(file)
  }, bytes.toString('base64'))
}

/** An encoder, a camera's light and an outline change a colour a little. */
export function isNear(colour: readonly number[], wanted: readonly number[]): boolean {
  return wanted.every((value, i) => Math.abs(value - (colour[i] ?? -1_000)) < 30)
}
