/**
 * How many packets a second this machine may forward: what one costs here, as far as this worker can know it. The cipher
 * stands for the one that the browser's own transport applies to each packet.
 */
import { encodePacket, parsePacket, stampHop } from '../../src/protocol/media.ts'

/** Long enough for the engine to have compiled the loop, short enough for nobody to notice. */
const MEASURE_MS = 40

const BATCH = 16

/** A frame of a small camera picture at 600 kbit/s and 30 frames. */
const FRAME_BYTES = 2_500

/** Half a core for others at most: this one has pictures to show. */
const SHARE = 0.5

export async function measureForwarding(): Promise<number> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt'])
  const head = { source: 1, layer: 'main', isKey: false, temporal: 0, dependsOn: 1, sequence: 0, capturedMs: 0 } as const
  const packet = encodePacket(head, new Uint8Array(FRAME_BYTES))
  const iv = new Uint8Array(12)
  const startMs = performance.now()
  let packets = 0
  for (let nowMs = startMs; nowMs - startMs < MEASURE_MS; nowMs = performance.now()) {
    const batch: Promise<ArrayBuffer>[] = []
    for (let n = 0; n < BATCH; n++) {
      const copy = packet.slice()
      if (parsePacket(copy) === undefined) throw new Error('own packet unread')
      stampHop(copy, { sequence: packets++, sentUs: nowMs })
      batch.push(crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, copy))
    }
    await Promise.all(batch)
  }
  return Math.round((SHARE * packets * 1000) / (performance.now() - startMs))
}
