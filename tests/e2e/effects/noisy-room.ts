/** A microphone in a noisy room, instead of the browser's test tone, and how such a voice and a blurred picture come to others. */
import type { BrowserContext } from '@playwright/test'
import { expect } from '@playwright/test'
import type { Device } from '../device.ts'
import { listenBelow } from '../session/ears.ts'

declare global {
  /** What was asked of the microphone: whether the browser's own filter should work. */
  var browserFilters: unknown[]
  /** As the device gives it. */
  var rawVoice: MediaStreamTrack | undefined
  /** 0: nobody is there, and no fan. */
  var roomLoudness: number
}

/** A voice of syllables for a second, a second of rest, and a fan that never rests, 8 dB below the voice. */
export async function noisyRoom(context: BrowserContext): Promise<void> {
  await listenBelow(context)
  await context.addInitScript(() => {
    globalThis.browserFilters = []
    globalThis.roomLoudness = 1
    const rate = 48_000
    const draw = () => {
      const samples = new Float32Array(8 * rate)
      const formants = [
        [700, 80],
        [1_220, 90],
        [2_600, 120],
      ].map(([hz = 0, width = 0]) => {
        const r = Math.exp((-Math.PI * width) / rate)
        return { first: 2 * r * Math.cos((2 * Math.PI * hz) / rate), second: -r * r, last: 0, before: 0 }
      })
      let phase = 0
      for (let i = 0; i < samples.length; i++) {
        const t = i / rate
        const loudness = Math.floor(t) % 2 === 1 ? Math.sqrt(Math.max(0, Math.sin(8 * Math.PI * t))) : 0
        phase = (phase + (120 + 20 * Math.sin(1.5 * Math.PI * t)) / rate) % 1
        let sound = 0
        for (const formant of formants) {
          const next = (phase < 0.1 ? 1 : -0.11) * loudness + formant.first * formant.last + formant.second * formant.before
          formant.before = formant.last
          formant.last = next
          sound += next
        }
        samples[i] = roomLoudness * (0.0025 * sound + 0.12 * (Math.random() - 0.5))
      }
      return samples
    }
    const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wanted = {}) => {
      const stream = wanted.video === undefined ? new MediaStream() : await native({ video: wanted.video })
      if (typeof wanted.audio !== 'object') return stream
      browserFilters.push(wanted.audio.noiseSuppression)
      const context = new AudioContext({ sampleRate: rate })
      const buffer = context.createBuffer(1, 8 * rate, rate)
      buffer.copyToChannel(draw(), 0)
      const [source, out] = [new AudioBufferSourceNode(context, { buffer, loop: true }), context.createMediaStreamDestination()]
      source.connect(out)
      source.start()
      await context.resume()
      globalThis.rawVoice = out.stream.getAudioTracks()[0]
      for (const track of out.stream.getAudioTracks()) stream.addTrack(track)
      return stream
    }
  })
}

/** How loud syllables and rests of the only other one are, in dB, within one of each. */
export function hearOther({ page }: Device): Promise<{ readonly voice: number; readonly rest: number }> {
  return page.evaluate(async () => {
    const track = asterism.room.call.remote[0]?.microphone
    if (track === undefined) return { voice: -200, rest: -200 }
    const audio = new Audio()
    audio.muted = true
    audio.srcObject = new MediaStream([track])
    await audio.play()
    const context = new AudioContext()
    await context.resume()
    const analyser = new AnalyserNode(context, { fftSize: 1024 })
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const levels: number[] = []
    for (let look = 0; look < 75; look++) {
      await new Promise((done) => setTimeout(done, 27))
      analyser.getFloatTimeDomainData(samples)
      levels.push(Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length))
    }
    audio.srcObject = null
    await context.close()
    const [from, to] = [Math.floor(levels.length * 0.25), Math.floor(levels.length * 0.9)]
    levels.sort((a, b) => a - b)
    const decibel = (level: number | undefined) => Math.round(20 * Math.log10(Math.max(level ?? 0, 1e-10)))
    return { voice: decibel(levels[to]), rest: decibel(levels[from]) }
  })
}

/** Two seconds of the own voice as the device gives it and as it goes out, heard at once: how much later, and how loud. */
export function hearMyself({ page }: Device): Promise<{ readonly laterMs: number; readonly loudness: number }> {
  return page.evaluate(async () => {
    const { microphoneTrack } = asterism.room.call.self
    if (rawVoice === undefined || microphoneTrack === undefined) return { laterMs: -1, loudness: -1 }
    const rate = 48_000
    const context = new AudioContext({ sampleRate: rate })
    await context.resume()
    const merger = new ChannelMergerNode(context, { numberOfInputs: 2 })
    for (const [i, track] of [rawVoice, microphoneTrack].entries())
      context.createMediaStreamSource(new MediaStream([track])).connect(merger, 0, i)
    const tap = context.createScriptProcessor(4096, 2, 1)
    const [raw, out] = [new Float32Array(2 * rate), new Float32Array(2 * rate)]
    let at = 0
    await new Promise<void>((done) => {
      tap.onaudioprocess = ({ inputBuffer }) => {
        const size = Math.min(4096, raw.length - at)
        raw.set(inputBuffer.getChannelData(0).subarray(0, size), at)
        out.set(inputBuffer.getChannelData(1).subarray(0, size), at)
        at += size
        if (at === raw.length) done()
      }
      merger.connect(tap).connect(context.destination)
    })
    await context.close()
    let [best, later] = [0, 0]
    for (let lag = 0; lag < rate / 5; lag += 12) {
      let sum = 0
      for (let i = 0; i + lag < out.length; i += 5) sum += (raw[i] ?? 0) * (out[i + lag] ?? 0)
      if (sum > best) [best, later] = [sum, lag]
    }
    return { laterMs: later / 48, loudness: Math.sqrt(out.reduce((sum, sample) => sum + sample * sample, 0) / out.length) }
  })
}

type Look = { readonly behind: number; readonly face: number; readonly colour: readonly number[] }

/** How many details are beside the person and in its face: the mean step from a point to the next; and the colour beside it. `mine`: the own picture. */
export function lookAt({ page }: Device, whose: 'mine' | 'theirs'): Promise<Look> {
  return page.evaluate(async (whose) => {
    const { self, remote } = asterism.room.call
    const track = whose === 'mine' ? self.cameraTrack : remote[0]?.camera
    if (track === undefined) return { behind: -1, face: -1, colour: [] }
    const video = document.createElement('video')
    video.muted = true
    video.srcObject = new MediaStream([track])
    await video.play()
    const canvas = document.createElement('canvas')
    const { videoWidth: width, videoHeight: height } = video
    canvas.width = width
    canvas.height = height
    const context = canvas.getContext('2d', { willReadFrequently: true })
    context?.drawImage(video, 0, 0)
    video.srcObject = null
    const pointsOf = (left: number, top: number, right: number, bottom: number) => {
      const [x, y, w, h] = [left * width, top * height, (right - left) * width, (bottom - top) * height].map(Math.round)
      return context?.getImageData(x ?? 0, y ?? 0, w ?? 1, h ?? 1).data ?? new Uint8ClampedArray(4)
    }
    const steps = (data: Uint8ClampedArray) => {
      let sum = 0
      for (let i = 4; i < data.length; i += 4) sum += Math.abs((data[i + 1] ?? 0) - (data[i - 3] ?? 0))
      return (4 * sum) / data.length
    }
    // Below the number of the frame; the head moves by a tenth of the picture.
    const behind = pointsOf(0, 0.2, 0.2, 1)
    const colour = [0, 1, 2].map((part) =>
      Math.round(behind.reduce((sum, value, i) => sum + (i % 4 === part ? value : 0), 0) / (behind.length / 4)),
    )
    return { behind: steps(behind), face: steps(pointsOf(0.45, 0.35, 0.55, 0.75)), colour }
  }, whose)
}

export async function untilSettled({ page }: Device, noise: string, background: string): Promise<void> {
  const kinds = () => page.evaluate(() => Object.values(asterism.room.call.effects.states).map(({ kind }) => kind))
  await expect.poll(kinds, { timeout: 40_000 }).toEqual([noise, background])
}

/** Of what was loaded, what only effects need. */
export function loadedForEffects({ page }: Device): Promise<readonly string[]> {
  return page.evaluate(() => {
    const names = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
    return names.filter((name) => /effects|background|rnnoise|worklet|\.wasm|\.tflite/i.test(name))
  })
}
