/** A film of one colour in a room, and shown to all of it. */
import type { FileId } from '../../../src/protocol/ids.ts'
import type { Device } from '../device.ts'

export const FILM_MS = 2_000

/** It takes as long as it lasts. */
export function putFilm({ page }: Device, colour: string): Promise<FileId> {
  return page.evaluate(
    async ({ colour, filmMs }) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
      const context = canvas.getContext('2d') as CanvasRenderingContext2D
      const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm;codecs=vp8' })
      const parts: Blob[] = []
      recorder.ondataavailable = ({ data }) => parts.push(data)
      const timer = setInterval(() => {
        context.fillStyle = colour
        context.fillRect(0, 0, 640, 360)
      }, 50)
      recorder.start()
      await new Promise((done) => setTimeout(done, filmMs))
      await new Promise((done) => {
        recorder.onstop = done
        recorder.stop()
      })
      clearInterval(timer)
      const film = await asterism.room.files.put(new Blob(parts), { name: 'film.webm', type: 'video/webm' })
      return film.id
    },
    { colour, filmMs: FILM_MS },
  )
}

export function showFilm({ page }: Device, file: FileId): Promise<void> {
  return page.evaluate(async (file) => {
    const { watch } = await asterism.room.call.tools()
    await watch.show({ kind: 'file', file })
  }, file)
}
