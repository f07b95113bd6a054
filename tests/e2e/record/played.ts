/** A file of the room as a member plays it: its size and length, colours at places of its picture, and how loud which tones are. */
import type { FileId } from '../../../src/protocol/ids.ts'
import type { Device } from '../device.ts'

export type Played = {
  readonly width: number
  readonly height: number
  readonly seconds: number
  /** Of each look one for each place: red, green, blue. */
  readonly colours: readonly (readonly (readonly number[])[])[]
  /** One for each tone: its amplitude, on average. */
  readonly tones: readonly number[]
}
export type Look = { readonly atSeconds: number; readonly places: readonly (readonly [x: number, y: number])[] }

export function playFile({ page }: Device, file: FileId, looks: readonly Look[], hertz: readonly number[]): Promise<Played> {
  return page.evaluate(
    async ({ file, looks, hertz }) => {
      const parts: Uint8Array<ArrayBuffer>[] = []
      for await (const bytes of asterism.room.files.get(file)) parts.push(new Uint8Array(bytes))
      const blob = new Blob(parts, { type: 'video/webm' })
      const video = document.createElement('video')
      video.muted = true
      video.src = URL.createObjectURL(blob)
      await new Promise((done, fail) => {
        video.onloadeddata = done
        video.onerror = () => fail(new Error(video.error?.message))
      })
      const seconds = video.duration
      const context = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d') as OffscreenCanvasRenderingContext2D
      const colours: number[][][] = []
      for (const { atSeconds, places } of looks) {
        await new Promise((done) => {
          video.onseeked = done
          video.currentTime = Math.min(atSeconds, seconds - 0.5)
        })
        context.drawImage(video, 0, 0)
        colours.push(places.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3)))
      }
      const sound = await new OfflineAudioContext(1, 48_000, 48_000).decodeAudioData(await blob.arrayBuffer())
      const samples = sound.getChannelData(0)
      // In windows of a tenth of a second: a voice that is stretched on its way does not keep its phase.
      const tones = hertz.map((hertz) => {
        let [sum, windows] = [0, 0]
        for (let from = 0; from + 4_800 <= samples.length; from += 4_800) {
          let [re, im] = [0, 0]
          for (let at = from; at < from + 4_800; at++) {
            re += (samples[at] ?? 0) * Math.cos((2 * Math.PI * hertz * at) / 48_000)
            im += (samples[at] ?? 0) * Math.sin((2 * Math.PI * hertz * at) / 48_000)
          }
          sum += Math.hypot(re, im) / 2_400
          windows++
        }
        return sum / Math.max(1, windows)
      })
      return { width: video.videoWidth, height: video.videoHeight, seconds, colours, tones }
    },
    { file, looks, hertz },
  )
}
