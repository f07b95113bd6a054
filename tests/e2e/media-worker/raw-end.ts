/** Another participant's end of a channel, spoken by hand: what a broken or malicious tab may send, and what really comes. */
import { deriveFrameKey, sealFrame } from '../../../src/pipeline/sframe.ts'
import type { Bytes } from '../../../src/protocol/bytes.ts'
import {
  encodeControl,
  encodeHead,
  encodePacket,
  type FrameHead,
  type HopControl,
  keyNumber,
  type MediaPacket,
  parseControl,
  parsePacket,
  stampHop,
} from '../../../src/protocol/media.ts'

export class Raw {
  readonly id: number
  readonly channel: RTCDataChannel
  readonly packets: MediaPacket[] = []
  readonly controls: HopControl[] = []
  #sequence = 0

  constructor(id: number, channel: RTCDataChannel) {
    this.id = id
    this.channel = channel
    channel.binaryType = 'arraybuffer'
    channel.onmessage = ({ data }) => {
      const packet = parsePacket(new Uint8Array(data))
      if (packet !== undefined) this.packets.push(packet)
      const control = packet === undefined ? parseControl(new Uint8Array(data)) : undefined
      if (control !== undefined) this.controls.push(control)
    }
  }

  say(control: HopControl): void {
    this.channel.send(encodeControl(control))
  }

  send(packet: Bytes): void {
    stampHop(packet, { sequence: this.#sequence++, sentUs: performance.now() * 1000 })
    this.channel.send(packet)
  }
}

/** A packet as its source makes it, of whatever bytes. */
export async function sealed(source: number, secret: Bytes, head: Partial<FrameHead>, plain: Bytes): Promise<Bytes> {
  const whole: FrameHead = { source, layer: 'main', isKey: true, temporal: 0, dependsOn: 0, sequence: 0, capturedMs: 0, ...head }
  const key = await deriveFrameKey(secret, keyNumber('main', 0), 'seal')
  return encodePacket(whole, await sealFrame(key, whole.sequence, encodeHead(whole), plain))
}
