/** A camera whose pictures carry their numbers, and a microphone that is not filtered: a steady voice is a noise to a browser. */
import type { BrowserContext } from '@playwright/test'
import { STAMP_BITS, stampCells } from '../talking-head-stamp.ts'

const FPS = 15

export async function stampCamera(context: BrowserContext): Promise<void> {
  const cells = Array.from({ length: 2 ** STAMP_BITS }, (_, number) => stampCells(number))
  await context.addInitScript(
    ({ cells, fps }) => {
      const devices = navigator.mediaDevices
      if (devices === undefined) return
      const open = devices.getUserMedia.bind(devices)
      const film = () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 })
        const drawing = canvas.getContext('2d')
        let number = 0
        setInterval(() => {
          if (drawing === null) return
          drawing.fillStyle = `hsl(${number % 360} 40% 50%)`
          drawing.fillRect(0, 20, 320, 160)
          drawing.fillStyle = '#fff'
          drawing.fillRect((number * 7) % 320, 40 + ((number * 5) % 100), 24, 24)
          for (const [at, isWhite] of (cells[number++ % cells.length] ?? []).entries()) {
            drawing.fillStyle = isWhite ? '#fff' : '#000'
            drawing.fillRect(20 * at, 0, 20, 20)
          }
        }, 1000 / fps)
        return canvas.captureStream(fps).getTracks()
      }
      const unfiltered = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
      devices.getUserMedia = async ({ video, audio } = {}) => {
        const sound = audio ? (await open({ audio: unfiltered })).getTracks() : []
        return new MediaStream([...(video ? film() : []), ...sound])
      }
    },
    { cells, fps: FPS },
  )
}
