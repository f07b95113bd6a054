/** Runs in the pages of a call: what becomes of a program's pictures on their way, from its connection to the track of who looks on. */
import type { Asterism } from '../../../src/ports/asterism.ts'
import { readStamp, STAMP_AT } from '../../e2e/talking-head-stamp.ts'

declare class MediaStreamTrackProcessor {
  constructor(init: { track: MediaStreamTrack })
  readonly readable: ReadableStream<VideoFrame>
}

/** As gst_program.py counts: one number for each so many milliseconds. */
const STAMP_MS = 40
const STAMPS = 256

export type Looked = { readonly pictures: number; readonly delaysMs: readonly number[]; readonly longestGapMs: number }

class DoorLook {
  readonly #connections: RTCPeerConnection[] = []
  #pictures = 0
  #delaysMs: number[] = []
  #longestGapMs = 0
  #lastMs: number | undefined

  constructor() {
    const note = (one: RTCPeerConnection) => this.#connections.push(one)
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        note(this)
      }
    }
  }

  /** At whoever looks on: the first screen that is there. */
  async look(): Promise<void> {
    const { call } = (globalThis as unknown as { asterism: Asterism }).asterism.room ?? {}
    const track = call?.remote.find(({ screen }) => screen !== undefined)?.screen
    if (track === undefined) throw new Error('nobody shares')
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader()
    for (;;) {
      const { value: frame, done } = await reader.read()
      if (done) return
      const nowMs = Date.now()
      const stamp = await stampOf(frame).catch(() => undefined)
      frame.close()
      this.#pictures++
      this.#longestGapMs = Math.max(this.#longestGapMs, nowMs - (this.#lastMs ?? nowMs))
      this.#lastMs = nowMs
      if (stamp !== undefined) this.#delaysMs.push(((Math.floor(nowMs / STAMP_MS) - stamp + STAMPS) % STAMPS) * STAMP_MS)
    }
  }

  /** Since the last time. */
  take(): Looked {
    const taken = { pictures: this.#pictures, delaysMs: this.#delaysMs, longestGapMs: this.#longestGapMs }
    this.#pictures = 0
    this.#delaysMs = []
    this.#longestGapMs = 0
    return taken
  }

  /** At whoever holds the door: pictures that came and are neither decoded nor dropped, and for how long the last ones waited. */
  async waiting(): Promise<number> {
    let waiting = 0
    for (const connection of this.#connections.filter(({ connectionState }) => connectionState === 'connected'))
      for (const report of (await connection.getStats()).values())
        if (report.type === 'inbound-rtp' && report.kind === 'video')
          waiting = Math.max(waiting, report.framesReceived - report.framesDecoded - report.framesDropped)
    return waiting
  }
}

async function stampOf(frame: VideoFrame): Promise<number | undefined> {
  const { x = 0, y = 0, width = 0, height = 0 } = frame.visibleRect ?? {}
  const rect = { x, y: y + 2 * Math.floor((height * STAMP_AT) / 2), width, height: 2 }
  const bytes = new Uint8Array(frame.allocationSize({ rect }))
  const [luma] = await frame.copyTo(bytes, { rect })
  return luma === undefined ? undefined : readStamp(bytes.subarray(luma.offset, luma.offset + width))
}

export type { DoorLook }

Object.assign(globalThis, { doorLook: new DoorLook() })
