/** People who can be told apart in a recording: each camera has one colour, each microphone one tone. */
import type { BrowserContext } from '@playwright/test'

export type Marks = { readonly colour: string; readonly hertz: number }

export function marked({ colour, hertz }: Marks): (context: BrowserContext) => Promise<void> {
  return async (context) => {
    await context.addInitScript(
      ({ colour, hertz }) => {
        // An empty page has none.
        if (navigator.mediaDevices === undefined) return
        navigator.mediaDevices.getUserMedia = async ({ video, audio } = {}) => {
          const tracks: MediaStreamTrack[] = []
          if (video) {
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
            tracks.push(...canvas.captureStream(20).getTracks())
          }
          if (audio) {
            const context = new AudioContext()
            await context.resume()
            const [tone, gain, out] = [context.createOscillator(), context.createGain(), context.createMediaStreamDestination()]
            tone.frequency.value = hertz
            gain.gain.value = hertz === 0 ? 0 : 0.3
            tone.connect(gain).connect(out)
            tone.start()
            tracks.push(...out.stream.getTracks())
          }
          return new MediaStream(tracks)
        }
      },
      { colour, hertz },
    )
  }
}
