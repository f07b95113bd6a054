/**
 * Runs in a page before its own scripts: notes when pictures and sound of a call arrive at the tracks that the page shows,
 * whatever brought them there. Names are those of tabs; `self` is this tab's own camera.
 */

import type { Asterism } from '../../../src/ports/asterism.ts'
import { readStamp, STAMP_AT } from '../../e2e/talking-head-stamp.ts'

/** By the wall clock, which all pages of one machine share. `stamp` is the number in the picture, where it was asked for. */
export type Picture = { readonly atMs: number; readonly stamp: number | undefined; readonly height: number }
export type TapOptions = {
  /** Only the first picture of each is noted; afterwards it costs nothing. */
  readonly isFirstOnly?: boolean
  readonly withStamps?: boolean
  readonly withVoices?: boolean
}

/** Window-only in Chromium, and so in none of the compiler's libraries for windows. */
declare class MediaStreamTrackProcessor<T> {
  constructor(init: { track: MediaStreamTrack })
  readonly readable: ReadableStream<T>
}

/** Of full scale. The fake voice never falls below it; what a jitter buffer makes up fades away in a tenth of a second. */
const LOUD = 0.02

class MeetingTap {
  #pictures: Record<string, Picture[]> = {}
  #sounds: Record<string, number[]> = {}
  readonly #followed = new Set<MediaStreamTrack>()

  start(options: TapOptions): void {
    const call = (globalThis as unknown as { asterism: Asterism }).asterism.room?.call
    if (call === undefined) throw new Error('this tab is in no room')
    const look = () => {
      if (call.self.cameraTrack !== undefined && options.isFirstOnly !== true) this.#look('self', call.self.cameraTrack, options)
      for (const { tab, camera, microphone } of call.remote) {
        if (camera !== undefined) this.#look(tab, camera, options)
        if (microphone !== undefined && options.withVoices === true) this.#listen(tab, microphone)
      }
    }
    call.subscribe(look)
    look()
  }

  /** Everything noted since the last time. */
  take(): { pictures: Record<string, Picture[]>; sounds: Record<string, number[]> } {
    const taken = { pictures: this.#pictures, sounds: this.#sounds }
    this.#pictures = {}
    this.#sounds = {}
    return taken
  }

  async #look(name: string, track: MediaStreamTrack, { isFirstOnly, withStamps }: TapOptions): Promise<void> {
    for await (const frame of this.#follow<VideoFrame>(track)) {
      const atMs = performance.timeOrigin + performance.now()
      const height = frame.displayHeight
      const stamp = withStamps === true ? await stampOf(frame).catch(() => undefined) : undefined
      frame.close()
      this.#pictures[name] ??= []
      this.#pictures[name].push({ atMs, stamp, height })
      if (isFirstOnly === true) return
    }
  }

  async #listen(name: string, track: MediaStreamTrack): Promise<void> {
    for await (const data of this.#follow<AudioData>(track)) {
      const samples = new Float32Array(data.numberOfFrames)
      data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
      data.close()
      if (samples.some((sample) => Math.abs(sample) > LOUD)) {
        this.#sounds[name] ??= []
        this.#sounds[name].push(performance.timeOrigin + performance.now())
      }
    }
  }

  /** Each track once. Ends with it, or when its reader has seen enough. */
  async *#follow<T>(track: MediaStreamTrack): AsyncGenerator<T> {
    if (this.#followed.has(track)) return
    this.#followed.add(track)
    const reader = new MediaStreamTrackProcessor<T>({ track }).readable.getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        yield value
      }
    } finally {
      await reader.cancel()
    }
  }
}

async function stampOf(frame: VideoFrame): Promise<number | undefined> {
  const area = frame.visibleRect
  if (area === null) return undefined
  // Rows come in pairs where colour has half the height.
  const rect = { x: area.x, y: area.y + 2 * Math.floor((area.height * STAMP_AT) / 2), width: area.width, height: 2 }
  const bytes = new Uint8Array(frame.allocationSize({ rect }))
  const [luma] = await frame.copyTo(bytes, { rect })
  return luma === undefined ? undefined : readStamp(bytes.subarray(luma.offset, luma.offset + area.width))
}

declare global {
  var meetingTap: MeetingTap
}
globalThis.meetingTap = new MeetingTap()
