/** A recorded piece from its beginning to its end, ten times a second: colours at places of its picture, and which of some tones are heard. */
import type { FileId } from '../../../src/protocol/ids.ts'
import type { Device } from '../device.ts'

export const LOOKS_PER_SECOND = 10

export type Watched = {
  /** For each place all looks: red, green, blue. */
  readonly colours: readonly (readonly (readonly number[])[])[]
  /** For each tone its amplitude in each tenth of a second. */
  readonly tones: readonly (readonly number[])[]
}

export function watchPiece(
  { page }: Device,
  file: FileId,
  places: readonly (readonly [x: number, y: number])[],
  hertz: readonly number[],
): Promise<Watched> {
  return page.evaluate(
    async ({ file, places, hertz, perSecond }) => {
      const parts: Uint8Array<ArrayBuffer>[] = []
      for await (const bytes of asterism.room.files.get(file)) parts.push(new Uint8Array(bytes))
      const blob = new Blob(parts, { type: 'video/webm' })
      const video = Object.assign(document.createElement('video'), { muted: true, src: URL.createObjectURL(blob) })
      await new Promise((done, fail) => {
        video.onloadeddata = done
        video.onerror = () => fail(new Error(video.error?.message))
      })
      const context = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d', { willReadFrequently: true })
      const colours: number[][][] = places.map(() => [])
      for (let look = 0; look < Math.floor(video.duration * perSecond); look++) {
        await new Promise((done) => {
          video.onseeked = done
          video.currentTime = look / perSecond
        })
        context?.drawImage(video, 0, 0)
        for (const [n, [x, y]] of places.entries()) colours[n]?.push([...(context?.getImageData(x, y, 1, 1).data ?? [])].slice(0, 3))
      }
      const sound = await new OfflineAudioContext(1, 48_000, 48_000).decodeAudioData(await blob.arrayBuffer())
      const samples = sound.getChannelData(0)
      const length = 48_000 / perSecond
      const loudness = (from: number, hertz: number) => {
        let [re, im] = [0, 0]
        for (let at = from; at < from + length; at++) {
          re += (samples[at] ?? 0) * Math.cos((2 * Math.PI * hertz * at) / 48_000)
          im += (samples[at] ?? 0) * Math.sin((2 * Math.PI * hertz * at) / 48_000)
        }
        return (2 * Math.hypot(re, im)) / length
      }
      const windows = Array.from({ length: Math.floor(samples.length / length) }, (_, n) => n * length)
      return { colours, tones: hertz.map((hertz) => windows.map((from) => loudness(from, hertz))) }
    },
    { file, places, hertz, perSecond: LOOKS_PER_SECOND },
  )
}
