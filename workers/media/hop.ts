/**
 * The pair with one other participant: packets and control both ways on its data channel, packets also through its pipe
 * when that carries better. What the other side sends is parsed here; who sends nonsense loses this hop, and no more.
 */
import type { Bytes } from '../../src/protocol/bytes.ts'
import { HOP_CONTROLS_PER_SECOND, HOP_GARBAGE, HOP_OPEN_MS } from '../../src/protocol/limits.ts'
import {
  encodeControl,
  FRAME_MARK,
  type HopControl,
  type MediaId,
  type MediaPacket,
  parseControl,
  parsePacket,
  stampHop,
} from '../../src/protocol/media.ts'
import type { Carrier } from '../../src/protocol/media-worker.ts'
import { HopTraffic } from './hop-traffic.ts'
import type { PipeWriter } from './pipe.ts'

export type HopPorts = {
  readonly opened: (hop: Hop) => void
  /** Closed by the other side, broken, or cut for nonsense. */
  readonly lost: (hop: Hop) => void
  readonly packet: (hop: Hop, packet: MediaPacket, bytes: Bytes) => void
  readonly control: (hop: Hop, control: HopControl) => void
  readonly failed: (cause: unknown) => void
}

export class Hop {
  readonly id: MediaId
  readonly #channel: RTCDataChannel
  readonly #ports: HopPorts
  readonly #closing = new AbortController()
  readonly #sinceMs = performance.now()
  #sequence = 0
  #garbage = 0
  #controls = 0
  #controlsSinceMs = 0
  readonly traffic = new HopTraffic()
  pipe: PipeWriter | undefined
  carrier: Carrier = 'channel'
  /** The other side knows of something that we want of it. */
  isAsked = false

  constructor(id: MediaId, channel: RTCDataChannel, ports: HopPorts) {
    this.id = id
    this.#channel = channel
    this.#ports = ports
    const { signal } = this.#closing
    channel.binaryType = 'arraybuffer'
    channel.addEventListener('message', ({ data }) => this.hear(data), { signal })
    channel.addEventListener('close', () => this.#lose(), { signal })
    if (channel.readyState === 'open') queueMicrotask(() => ports.opened(this))
    else channel.addEventListener('open', () => ports.opened(this), { signal })
  }

  get isOpen(): boolean {
    return this.#channel.readyState === 'open'
  }

  /** What waits on its carrier; of what a pipe took the other side tells. */
  get queuedBytes(): number {
    if (this.carrier === 'channel') return this.#channel.bufferedAmount
    return this.traffic.pipeQueueBytes(performance.now()) + (this.pipe?.waitingBytes ?? 0)
  }

  /** Stamps the packet and sends it; the same bytes may be sent to the next hop at once. */
  send(packet: Bytes): void {
    if (!this.isOpen) return
    const nowMs = performance.now()
    stampHop(packet, { sequence: this.#sequence++, sentUs: 1000 * nowMs })
    try {
      if (this.carrier === 'pipe' && this.pipe?.isOpen) this.pipe.write(packet)
      else this.#channel.send(packet)
      this.traffic.sent(packet.byteLength, nowMs)
    } catch {
      // Full beyond what the engine keeps. Only this hop is the poorer for it.
      this.#lose()
    }
  }

  /** False when it could not be said. */
  say(control: HopControl): boolean {
    if (!this.isOpen) return false
    try {
      this.#channel.send(encodeControl(control))
      return true
    } catch {
      this.#lose()
      return false
    }
  }

  /** Called often. A channel that does not open is given up; its link may be fine, and then another is tried. */
  check(nowMs: number): void {
    if (nowMs - this.#controlsSinceMs >= 1_000) {
      this.#controlsSinceMs = nowMs
      this.#controls = 0
    }
    if (this.#channel.readyState === 'connecting' && nowMs - this.#sinceMs > HOP_OPEN_MS) this.#lose()
  }

  /** Frames and control packets, from whichever carrier. What cannot be read, or breaks who reads it, is dropped and counted. */
  hear(data: unknown): void {
    try {
      if (data instanceof ArrayBuffer && this.#read(new Uint8Array(data))) return
    } catch (error) {
      this.#ports.failed(error)
    }
    if (++this.#garbage > HOP_GARBAGE) this.#lose()
  }

  #read(bytes: Bytes): boolean {
    if (bytes[0] === FRAME_MARK) {
      const packet = parsePacket(bytes)
      if (packet === undefined) return false
      this.traffic.arrived(packet.hop, bytes.byteLength, performance.now())
      this.#ports.packet(this, packet, bytes)
      return true
    }
    const control = ++this.#controls > HOP_CONTROLS_PER_SECOND ? undefined : parseControl(bytes)
    if (control !== undefined) this.#ports.control(this, control)
    return control !== undefined
  }

  close(): void {
    this.#closing.abort()
    this.#channel.close()
  }

  #lose(): void {
    if (this.#closing.signal.aborted) return
    this.close()
    this.#ports.lost(this)
  }
}
