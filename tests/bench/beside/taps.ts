/**
 * A look inside the links of a page: pings of ours on their command channel, answered by the other side's link as it
 * answers the link's own, and the pictures that are shown. Put into the page before it enters a room.
 */
import type { Page } from 'playwright'
import { encodeFrame } from '../../../src/protocol/frame.ts'
import { COMMAND_CHANNEL } from '../../../src/protocol/transfer.ts'

/** Ids no link has reached; as long in bytes as all that follow. */
const FIRST_ID = 0xf000_0000
/** Often enough for a 95th percentile of a short transfer, too seldom to be noticed by it. */
const PING_EVERY_MS = 25

type Tap = { readonly connection: RTCPeerConnection; readonly command: RTCDataChannel }
type Probe = { trips(): number[]; stop(): void }

declare global {
  var taps: Tap[]
  var probe: Probe
  var shownAtMs: number[]
}

/** Pictures of the other's camera shown so far. A freeze is a gap of 150 ms more than usual, and three times the usual at least (W3C's `freezeCount`). */
export type Video = {
  readonly atMs: number
  readonly frames: number
  readonly freezes: number
  readonly frozenSeconds: number
}

export function tapLinks(page: Page): Promise<void> {
  return page.evaluate((label) => {
    globalThis.taps = []
    const create = RTCPeerConnection.prototype.createDataChannel
    RTCPeerConnection.prototype.createDataChannel = function (this: RTCPeerConnection, ...args) {
      const channel = create.apply(this, args)
      if (args[0] === label) taps.push({ connection: this, command: channel })
      return channel
    }
  }, COMMAND_CHANNEL.label)
}

/** Pings the other side until `takeTrips`. An answer that is late is waited for: pings go out at their time all the same. */
export function startPinging(page: Page): Promise<void> {
  const [ping, pong] = ['ping', 'pong'].map((t) => [...encodeFrame({ t, id: FIRST_ID })]) as [number[], number[]]
  return page.evaluate(
    ({ ping, pong, everyMs }) => {
      const command = taps.find(({ command }) => command.readyState === 'open')?.command
      if (command === undefined) throw new Error('no link is open')
      const sentMs = new Map<number, number>()
      const trips: number[] = []
      const frame = new Uint8Array(ping)
      let id = new DataView(frame.buffer).getUint32(frame.byteLength - 4)
      const send = () => {
        new DataView(frame.buffer).setUint32(frame.byteLength - 4, ++id)
        sentMs.set(id, performance.now())
        command.send(frame)
      }
      const take = ({ data }: MessageEvent<ArrayBuffer>) => {
        const bytes = new Uint8Array(data)
        if (bytes.byteLength !== pong.length || !pong.slice(0, -4).every((byte, at) => bytes[at] === byte)) return
        const sent = sentMs.get(new DataView(data).getUint32(data.byteLength - 4))
        if (sent !== undefined) trips.push(performance.now() - sent)
      }
      command.addEventListener('message', take)
      const timer = setInterval(send, everyMs)
      globalThis.probe = {
        trips: () => trips,
        stop() {
          clearInterval(timer)
          command.removeEventListener('message', take)
        },
      }
    },
    { ping, pong, everyMs: PING_EVERY_MS },
  )
}

/** Milliseconds of each round trip since `startPinging`. */
export function takeTrips(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    probe.stop()
    return probe.trips()
  })
}

/** Shows the first camera that comes, and notes when each of its pictures was shown. */
export function watchVideo(page: Page): Promise<void> {
  return page.evaluate(() => {
    const camera = asterism.room.call.remote.find(({ camera }) => camera !== undefined)?.camera
    if (camera === undefined) throw new Error('no camera is seen')
    const video = Object.assign(document.createElement('video'), { muted: true, srcObject: new MediaStream([camera]) })
    document.body.append(video)
    globalThis.shownAtMs = []
    const shown = (nowMs: number) => {
      shownAtMs.push(nowMs)
      video.requestVideoFrameCallback(shown)
    }
    video.requestVideoFrameCallback(shown)
    return video.play()
  })
}

export function readVideo(page: Page): Promise<Video> {
  return page.evaluate(() => {
    const gaps = shownAtMs.slice(1).map((atMs, n) => atMs - (shownAtMs[n] ?? atMs))
    const usualMs = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0
    const frozen = gaps.filter((gapMs) => gapMs > Math.max(3 * usualMs, usualMs + 150))
    return {
      atMs: performance.now(),
      frames: shownAtMs.length,
      freezes: frozen.length,
      frozenSeconds: frozen.reduce((sum, gapMs) => sum + gapMs, 0) / 1000,
    }
  })
}
