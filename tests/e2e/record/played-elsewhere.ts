/** A piece of a recording as a person plays it, in whatever browser, by its address: from its beginning to its end, and from places within it. */
import type { FileId } from '../../../src/protocol/ids.ts'
import type { Scripted } from '../files.ts'

export type PlayedThrough = {
  readonly width: number
  readonly height: number
  readonly seconds: number
  /** Where it stood when it said that it had ended, and how long that took. */
  readonly endedAtSeconds: number
  readonly tookSeconds: number
  /** Pictures that were drawn on the way. */
  readonly pictures: number
  /** How loud one tone was, on average over all of its sound, and how long that sound is. */
  readonly tone: number
  readonly soundSeconds: number
  /** The colour in the middle at each place sought: red, green, blue. */
  readonly colours: readonly (readonly number[])[]
}

/** As soon as this device has all of it. `seek`: places in seconds, in the order in which they are sought; below zero from the end. */
export function playThrough({ page }: Scripted, file: FileId, hertz: number, seek: readonly number[]): Promise<PlayedThrough> {
  return page.evaluate(
    async ({ file, hertz, seek }) => {
      const isHere = () => asterism.room.files.list().some(({ id, state }) => id === file && state.kind === 'held')
      while (!isHere()) await new Promise((done) => setTimeout(done, 50))
      const address = asterism.room.files.url(file)
      if (address === undefined) throw new Error('this browser keeps nothing for the page')
      const video = document.createElement('video')
      video.muted = true
      document.body.append(video)
      const happens = (what: string) =>
        new Promise<void>((done, fail) => {
          video.addEventListener(what, () => done(), { once: true })
          video.addEventListener('error', () => fail(new Error(video.error?.message)), { once: true })
          setTimeout(() => fail(new Error(`no ${what} at ${video.currentTime}`)), 20_000)
        })
      // As who presses play at once.
      video.preload = 'auto'
      const [loaded, ended] = [happens('loadeddata'), happens('ended')]
      const beganMs = performance.now()
      video.src = address
      await Promise.all([loaded, video.play()])
      const seconds = video.duration
      await ended
      const [endedAtSeconds, tookSeconds] = [video.currentTime, (performance.now() - beganMs) / 1_000]
      const pictures = video.getVideoPlaybackQuality().totalVideoFrames
      const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
      const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
      const colours: number[][] = []
      for (const place of seek) {
        const sought = happens('seeked')
        video.currentTime = place < 0 ? seconds + place : place
        await sought
        context.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1)
        colours.push([...context.getImageData(0, 0, 1, 1).data].slice(0, 3))
      }
      const sound = await new OfflineAudioContext(1, 48_000, 48_000).decodeAudioData(await (await fetch(address)).arrayBuffer())
      const samples = sound.getChannelData(0)
      let [sum, windows] = [0, 0]
      for (let from = 0; from + 4_800 <= samples.length; from += 4_800, windows++) {
        let [re, im] = [0, 0]
        for (let at = from; at < from + 4_800; at++) {
          re += (samples[at] ?? 0) * Math.cos((2 * Math.PI * hertz * at) / 48_000)
          im += (samples[at] ?? 0) * Math.sin((2 * Math.PI * hertz * at) / 48_000)
        }
        sum += Math.hypot(re, im) / 2_400
      }
      const { videoWidth: width, videoHeight: height } = video
      const tone = sum / Math.max(1, windows)
      return { width, height, seconds, endedAtSeconds, tookSeconds, pictures, tone, soundSeconds: sound.duration, colours }
    },
    { file, hertz, seek },
  )
}
