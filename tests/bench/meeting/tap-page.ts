/**
 * Runs in a page before its own scripts: notes when pictures and sound of a call arrive at the tracks that the page shows,
 * whatever brought them there. Names are those of tabs; `self` is this tab's own camera.
 */

import type { Asterism, Call } from '../../../src/ports/asterism.ts'
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
  constructor(init: { track: MediaStreamTrack; maxBufferSize?: number })
  readonly readable: ReadableStream<T>
}

/** Of full scale. The fake voice never falls below it; what a jitter buffer makes up fades away in a tenth of a second. */
const LOUD = 0.02

/** Two seconds: a page is rarely busy for longer. */
const SOUND_BUFFER = 200

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
        if (microphone !== undefined && options.withVoices === true) this.#listen(call, tab, microphone)
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

  /** Of several ways that bring a voice the one counts that the page plays. */
  async #listen(call: Call, name: string, track: MediaStreamTrack): Promise<void> {
    if (!this.#followed.has(track)) playMuted(track)
    let toWallMs = Number.POSITIVE_INFINITY
    for await (const data of this.#follow<AudioData>(track, SOUND_BUFFER)) {
      // Sound runs by a clock of its own, which says when a page that is busy would have heard what it reads late.
      const soundMs = data.timestamp / 1000
      toWallMs = Math.min(toWallMs, performance.timeOrigin + performance.now() - soundMs)
      const samples = new Float32Array(data.numberOfFrames)
      data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
      data.close()
      const isPlayed = call.remote.some(({ tab, microphone }) => tab === name && microphone === track)
      if (isPlayed && samples.some((sample) => Math.abs(sample) > LOUD)) {
        this.#sounds[name] ??= []
        this.#sounds[name].push(soundMs + toWallMs)
      }
    }
  }

  /** Each track once. Ends with it, or when its reader has seen enough. */
  async *#follow<T>(track: MediaStreamTrack, maxBufferSize?: number): AsyncGenerator<T> {
    if (this.#followed.has(track)) return
    this.#followed.add(track)
    const reader = new MediaStreamTrackProcessor<T>({ track, ...(maxBufferSize !== undefined && { maxBufferSize }) }).readable.getReader()
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

/** Chromium gives on the sound of a connection only while an element plays it; where there is a screen, that does so too. */
function playMuted(track: MediaStreamTrack): void {
  const audio = new Audio()
  audio.muted = true
  audio.srcObject = new MediaStream([track])
  // Fails when the track ends before it began.
  audio.play().catch(() => {})
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
