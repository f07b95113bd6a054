/**
 * Programs that know nothing of Asterism: a page of its own that speaks WHIP or WHEP with bare connections and `fetch`, as any
 * program would, given nothing but an address.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from '@playwright/test'
import { loudestSample } from './loudest-sample.ts'

declare global {
  /** In the page of the program. */
  var program: {
    pc: RTCPeerConnection
    location: string
    video: HTMLVideoElement
    stop: () => void
  }
}

export type Published = { readonly status: number; readonly postedAtMs: number; readonly retryAfter: string | null }

type Ask = { readonly url: string; readonly hasSound: boolean; readonly codec: 'VP8' | 'H264' | 'VP9' }

export type Program = { readonly page: Page; readonly close: () => Promise<void> }

/** A page of another origin; a browser lets none without an origin reach this machine. */
export async function openProgram(browser: Browser): Promise<Program> {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Program</title>'),
  )
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return {
    page,
    close: async () => {
      await context.close()
      server.close()
    },
  }
}

/** Sends a moving picture and a tone, like a streaming program. What it had before goes on until it is closed. */
export function publish(
  { page }: Program,
  url: string,
  { hasSound = true, codec = 'VP8' }: Partial<Omit<Ask, 'url'>> = {},
): Promise<Published> {
  return page.evaluate(
    async ({ url, hasSound, codec }: Ask) => {
      const canvas = document.createElement('canvas')
      Object.assign(canvas, { width: 640, height: 360 })
      const context = canvas.getContext('2d') as CanvasRenderingContext2D
      let n = 0
      const draw = () => {
        n++
        context.fillStyle = `hsl(${(n * 7) % 360} 80% 50%)`
        context.fillRect(0, 0, 640, 360)
        context.fillStyle = 'white'
        context.fillRect((n * 9) % 640, 100, 60, 60)
      }
      draw()
      const drawing = setInterval(draw, 66)
      const tracks = canvas.captureStream(15).getTracks()
      const audio = new AudioContext()
      if (hasSound) {
        await audio.resume()
        const tone = audio.createOscillator()
        const to = audio.createMediaStreamDestination()
        tone.connect(to)
        tone.start()
        tracks.push(...to.stream.getTracks())
      }
      const pc = new RTCPeerConnection()
      for (const track of tracks) {
        const transceiver = pc.addTransceiver(track, { direction: 'sendonly' })
        const codecs = RTCRtpSender.getCapabilities(track.kind)?.codecs ?? []
        if (track.kind === 'video') transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === `video/${codec}`))
      }
      await pc.setLocalDescription()
      while (pc.iceGatheringState !== 'complete') await new Promise((done) => setTimeout(done, 10))
      const postedAtMs = Date.now()
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/sdp' },
        body: pc.localDescription?.sdp ?? '',
      })
      const stop = () => {
        clearInterval(drawing)
        pc.close()
        void audio.close()
      }
      const retryAfter = answer.headers.get('retry-after')
      if (answer.status !== 201) {
        stop()
        return { status: answer.status, postedAtMs, retryAfter }
      }
      await pc.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
      const location = new URL(answer.headers.get('location') ?? '', url).href
      globalThis.program = { pc, location, video: document.createElement('video'), stop }
      return { status: 201, postedAtMs, retryAfter }
    },
    { url, hasSound, codec },
  )
}

/** Offers a picture in one form alone, by this name, and a sound; gives what is said to that. */
export function offerAs({ page }: Program, url: string, codec: string): Promise<{ readonly status: number; readonly text: string }> {
  return page.evaluate(
    async ({ url, codec }) => {
      const pc = new RTCPeerConnection()
      const { codecs = [] } = RTCRtpSender.getCapabilities('video') ?? {}
      const video = pc.addTransceiver('video', { direction: 'sendonly' })
      video.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === 'video/VP8'))
      pc.addTransceiver('audio', { direction: 'sendonly' })
      await pc.setLocalDescription()
      while (pc.iceGatheringState !== 'complete') await new Promise((done) => setTimeout(done, 10))
      const body = pc.localDescription?.sdp.replaceAll('VP8/90000', `${codec}/90000`) ?? ''
      const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body })
      pc.close()
      return { status: answer.status, text: await answer.text() }
    },
    { url, codec },
  )
}

/** Takes what a door sends, like a player. */
export function play({ page }: Program, url: string): Promise<number> {
  return page.evaluate(async (url) => {
    const pc = new RTCPeerConnection()
    const stream = new MediaStream()
    pc.ontrack = ({ track }) => stream.addTrack(track)
    pc.addTransceiver('audio', { direction: 'recvonly' })
    pc.addTransceiver('video', { direction: 'recvonly' })
    await pc.setLocalDescription()
    while (pc.iceGatheringState !== 'complete') await new Promise((done) => setTimeout(done, 10))
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp' },
      body: pc.localDescription?.sdp ?? '',
    })
    if (answer.status !== 201) {
      pc.close()
      return answer.status
    }
    await pc.setRemoteDescription({ type: 'answer', sdp: await answer.text() })
    const video = document.createElement('video')
    video.muted = true
    video.srcObject = stream
    document.body.append(video)
    void video.play()
    const location = new URL(answer.headers.get('location') ?? '', url).href
    globalThis.program = { pc, location, video, stop: () => pc.close() }
    return 201
  }, url)
}

/** Frames decoded, and how wide the picture is, as the player's own figures say. */
export function played({ page }: Program): Promise<{ frames: number; width: number }> {
  return page.evaluate(async () => {
    const seen = { frames: 0, width: 0 }
    for (const report of (await program.pc.getStats()).values())
      if (report.type === 'inbound-rtp' && report.kind === 'video')
        Object.assign(seen, { frames: report.framesDecoded ?? 0, width: report.frameWidth ?? 0 })
    return seen
  })
}

/** Of what it plays. */
export async function loudness({ page }: Program): Promise<number> {
  return loudestSample(await page.evaluateHandle(() => program.video.srcObject as MediaStream))
}

/** As the protocol wants it; gives the status. */
export function hangUp({ page }: Program): Promise<number> {
  return page.evaluate(async () => {
    const { status } = await fetch(program.location, { method: 'DELETE' })
    program.stop()
    return status
  })
}

/** Closes its end and says nothing by HTTP, as a program that was ended. */
export function vanish({ page }: Program): Promise<void> {
  return page.evaluate(() => program.stop())
}
