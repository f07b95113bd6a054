/** A video is watched where it was not put: from its address, while it still comes in, and from any point of it. */
import { type Device, expect, joinByApi, seeMembers, startByApi, test } from './fixtures.ts'

const SECONDS = 6

/** Records a moving picture and puts it into the room; gives its id. */
async function putVideo({ page }: Device): Promise<string> {
  return page.evaluate(async (seconds) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 })
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8', videoBitsPerSecond: 20_000_000 })
    const parts: Blob[] = []
    recorder.ondataavailable = ({ data }) => parts.push(data)
    // Noise, so that the file is large enough to be fetched in many blocks.
    const noise = context.createImageData(canvas.width, canvas.height)
    const draw = setInterval(() => {
      for (let at = 0; at < noise.data.length; at += 65_536)
        crypto.getRandomValues(new Uint8Array(noise.data.buffer, at, Math.min(65_536, noise.data.length - at)))
      for (let at = 3; at < noise.data.length; at += 4) noise.data[at] = 255
      context.putImageData(noise, 0, 0)
    }, 40)
    recorder.start(200)
    await new Promise((done) => setTimeout(done, seconds * 1000))
    clearInterval(draw)
    await new Promise((done) => {
      recorder.onstop = done
      recorder.stop()
    })
    const { id } = await (asterism.room as NonNullable<typeof asterism.room>).files.put(new Blob(parts), {
      name: 'noise.webm',
      type: 'video/webm',
    })
    return id
  }, SECONDS)
}

test('[STORE-16] a video plays from its address while it is being fetched, and seeks', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  // Ben's device fetches nothing by itself: what plays was asked for by the player.
  const pausing = ben.page.evaluate(
    () =>
      new Promise<void>((done) => {
        const stop = asterism.room?.files.subscribe(() => {
          const file = asterism.room?.files.list()[0]
          if (file === undefined) return
          asterism.room?.files.pause(file.id)
          stop?.()
          done()
        })
      }),
  )
  const id = await putVideo(ann)
  await pausing

  const seen = await ben.page.evaluate(
    async ({ id, seconds }) => {
      const files = asterism.room?.files
      const file = files?.list().find((one) => one.id === id)
      if (files === undefined || file === undefined) throw new Error('no file')
      const video = Object.assign(document.createElement('video'), { src: files.url(file.id), muted: true, preload: 'auto' })
      document.body.append(video)
      const happened = (name: string) =>
        new Promise((done, fail) => {
          video.addEventListener(name, done, { once: true })
          video.addEventListener('error', () => fail(new Error(video.error?.message)), { once: true })
        })
      const playing = happened('playing')
      await video.play()
      await playing
      const stateWhilePlaying = files.list().find((one) => one.id === id)?.state.kind
      const seeked = happened('seeked')
      video.currentTime = seconds - 2
      await seeked
      return { width: video.videoWidth, at: Math.round(video.currentTime), stateWhilePlaying }
    },
    { id, seconds: SECONDS },
  )
  // What was read stays: a player that asked for all of a short film leaves it whole here.
  expect(seen).toEqual({ width: 1280, at: expect.any(Number), stateWhilePlaying: expect.stringMatching(/^(paused|held)$/) })
  expect(seen.at).toBeGreaterThanOrEqual(SECONDS - 2)
})
