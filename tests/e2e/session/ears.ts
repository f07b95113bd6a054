/**
 * Pages that are listened to below their own code: every sound that any connection brings, whatever the page makes of it, how
 * often sessions were described, and a screen to share. One of them can be made a client that does not keep to a hush.
 */
import { type BrowserContext, expect } from '@playwright/test'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import type { Device } from '../device.ts'

declare global {
  var ears: { readonly tracks: MediaStreamTrack[]; readonly connections: RTCPeerConnection[]; rounds: number; isDeaf: boolean }
}

export async function listenBelow(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    globalThis.ears = { tracks: [], connections: [], rounds: 0, isDeaf: false }
    const Native = RTCPeerConnection
    globalThis.RTCPeerConnection = class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        ears.connections.push(this)
        this.addEventListener('track', ({ track }) => ears.tracks.push(track))
      }
    }
    const setRemote = Native.prototype.setRemoteDescription
    Native.prototype.setRemoteDescription = function (this: RTCPeerConnection, ...given: unknown[]) {
      ears.rounds++
      return Reflect.apply(setRemote, this, given)
    }
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = document.createElement('canvas')
      const context = canvas.getContext('2d')
      setInterval(() => context?.fillRect(Math.random() * 300, Math.random() * 150, 5, 5), 50)
      return canvas.captureStream(10)
    }
  })
}

/** Its page does what the session says; once it is deaf, what is below goes on sending and asking as before. */
export async function dontKeepToHushes(context: BrowserContext): Promise<void> {
  await listenBelow(context)
  await context.addInitScript(() => {
    const post = Worker.prototype.postMessage
    Worker.prototype.postMessage = function (this: Worker, message: { t?: string; isOpen?: boolean }, ...more: unknown[]) {
      if (ears.isDeaf && ['hush', 'bar', 'unpublish', 'wants', 'unsink'].includes(message.t ?? '')) return
      const said = ears.isDeaf && message.t === 'voice' ? { ...message, isOpen: true } : message
      Reflect.apply(post, this, [said, ...more])
    }
    const replace = RTCRtpSender.prototype.replaceTrack
    RTCRtpSender.prototype.replaceTrack = async function (track) {
      if (ears.isDeaf && track === null) return
      await replace.call(this, track)
    }
  })
}

export function deviceOf({ page }: Device): Promise<DeviceId> {
  return page.evaluate(() => asterism.room.me.device)
}

/** Energy of all that came by any connection within 1.6 s, or until it is `enough`. The test microphone beeps twice a second. */
function energyBelow({ page }: Device, enough = Number.POSITIVE_INFINITY): Promise<number> {
  return page.evaluate(async (enough) => {
    const context = new AudioContext()
    await context.resume()
    const playing = ears.tracks
      .filter(({ kind, readyState }) => kind === 'audio' && readyState === 'live')
      .map((track) => {
        const stream = new MediaStream([track])
        const audio = new Audio()
        audio.muted = true
        audio.srcObject = stream
        void audio.play()
        const analyser = context.createAnalyser()
        context.createMediaStreamSource(stream).connect(analyser)
        return { audio, analyser }
      })
    let energy = 0
    for (let look = 0; look < 40 && energy < enough; look++) {
      await new Promise((done) => setTimeout(done, 40))
      for (const { analyser } of playing) {
        const samples = new Float32Array(analyser.fftSize)
        analyser.getFloatTimeDomainData(samples)
        for (const sample of samples) energy += sample * sample
      }
    }
    for (const { audio } of playing) audio.srcObject = null
    await context.close()
    return energy
  }, enough)
}

/** What came for pictures and voices by all connections, in two seconds. */
export function bytesBelow({ page }: Device): Promise<number> {
  return page.evaluate(async () => {
    const received = async () => {
      let bytes = 0
      for (const connection of ears.connections) {
        for (const one of (await connection.getStats()).values()) {
          if (one.type === 'inbound-rtp' || (one.type === 'data-channel' && one.label === 'media')) bytes += one.bytesReceived
        }
      }
      return bytes
    }
    const before = await received()
    await new Promise((done) => setTimeout(done, 2_000))
    return (await received()) - before
  })
}

export async function hear(device: Device): Promise<void> {
  await expect.poll(() => energyBelow(device), { timeout: 20_000, intervals: [100] }).toBeGreaterThan(0.01)
}

/** What waits to be played is played out, a busy machine keeps a second of it; then it is silent for as long as six beeps take. */
export async function hearNothing(device: Device): Promise<void> {
  await expect.poll(() => energyBelow(device, 0.001), { timeout: 10_000, intervals: [100] }).toBeLessThan(0.001)
  expect((await energyBelow(device)) + (await energyBelow(device))).toBeLessThan(0.001)
}

/** What is in flight arrives. */
export function settle({ page }: Device): Promise<void> {
  return page.waitForTimeout(500)
}
