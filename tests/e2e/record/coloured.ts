/** People who can be told apart in a recording: each camera has one colour, each microphone one tone. */
import type { BrowserContext } from '@playwright/test'

export type Marks = { readonly colour: string; readonly hertz: number }

/** Each part of a colour is nearer than `by`: encoders change it a little. */
export function isLike(wanted: readonly number[], seen: readonly number[], by: number): boolean {
  return wanted.every((part, n) => Math.abs(part - (seen[n] ?? -99)) < by)
}

/** As long as a real one takes to open. */
const OPENS_MS = 400

/** Of several, each is a camera and a microphone to choose from, by its number. */
export function marked(...devices: readonly [Marks, ...Marks[]]): (context: BrowserContext) => Promise<void> {
  return async (context) => {
    await context.addInitScript(
      ({ devices, opensMs }) => {
        const { mediaDevices } = navigator
        // An empty page has none.
        if (mediaDevices === undefined) return
        type Wish = MediaStreamConstraints['audio']
        const marksOf = (wish: Wish) => {
          const id = typeof wish === 'object' ? (wish.deviceId as ConstrainDOMStringParameters | undefined) : undefined
          return devices[Number(id?.exact ?? id?.ideal ?? 0)] ?? devices[0]
        }
        const film = ({ colour }: Marks) => {
          const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
          const context = canvas.getContext('2d') as CanvasRenderingContext2D
          let count = 0
          setInterval(() => {
            context.fillStyle = colour
            context.fillRect(0, 0, 640, 360)
            // Something moves, in the corner.
            context.fillStyle = '#fff'
            context.fillRect(count++ % 40, 0, 10, 10)
          }, 50)
          return canvas.captureStream(20).getTracks()
        }
        const tone = async ({ hertz }: Marks) => {
          const context = new AudioContext()
          await context.resume()
          const [tone, gain, out] = [context.createOscillator(), context.createGain(), context.createMediaStreamDestination()]
          tone.frequency.value = hertz
          gain.gain.value = hertz === 0 ? 0 : 0.3
          tone.connect(gain).connect(out)
          tone.start()
          return out.stream.getTracks()
        }
        mediaDevices.getUserMedia = async ({ video, audio } = {}) => {
          if (devices.length > 1) await new Promise((done) => setTimeout(done, opensMs))
          return new MediaStream([...(video ? film(marksOf(video)) : []), ...(audio ? await tone(marksOf(audio)) : [])])
        }
        if (devices.length === 1) return
        const list = devices.flatMap((_, n) =>
          (['videoinput', 'audioinput'] as const).map((kind) => ({ kind, deviceId: `${n}`, groupId: '', label: `${n}` })),
        )
        mediaDevices.enumerateDevices = async () => list.map((one) => ({ ...one, toJSON: () => one }))
      },
      { devices, opensMs: OPENS_MS },
    )
  }
}
