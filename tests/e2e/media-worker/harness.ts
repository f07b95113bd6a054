/**
 * Tabs in one page, each with a media worker of its own and real connections to the others; what a meeting does around them
 * (keys, wants, lines) the spec does. Pictures carry their number in black and white, so that the other end can read it.
 */
import type { Bytes } from '../../../src/protocol/bytes.ts'
import { MEDIA_LIFETIME_MS } from '../../../src/protocol/limits.ts'
import { KEY_KINDS, keyNumber, LAYERS_OF } from '../../../src/protocol/media.ts'
import {
  type LayerProfile,
  type MediaFigures,
  type MediaNews,
  SLOTS,
  type TransformOf,
  type TransformOptions,
  type View,
  type VoiceLine,
  type Want,
} from '../../../src/protocol/media-worker.ts'
import { takeEncodedStreams } from '../../../src/tab/link/encoded-streams.ts'
import type { Request } from '../../../src/tab/meeting/media-worker.ts'
import { connectEnds, OwnEncoders } from '../../../src/tab/meeting/own-encoders.ts'
import { framesOf, trackOfFrames } from '../../../src/tab/meeting/tracks-and-frames.ts'
import { Raw, sealed } from './raw-end.ts'
import { drawStamped, readStamp } from './stamp.ts'

const ENCODED = { encodedInsertableStreams: true } as RTCConfiguration

export type Seen = { readonly stamp: number | undefined; readonly atMs: number; readonly height: number }
type Line = { readonly readable: ReadableStream; readonly writable: WritableStream }

class Tab {
  readonly id: number
  readonly worker = new Worker('/worker.js', { type: 'module' })
  readonly news: MediaNews[] = []
  readonly connections: RTCPeerConnection[] = []
  readonly secret = crypto.getRandomValues(new Uint8Array(32))
  readonly encoders: OwnEncoders
  /** Ready for when the worker asks for them. */
  readonly pipes = new Map<number, Line>()
  readonly voiceLines = new Map<string, Line[]>()
  /** Its engine tells the worker of no line that comes. */
  isDeaf = false
  /** Where voices come, by hop and line. */
  readonly heard = new Map<string, RTCRtpReceiver>()
  figures: MediaFigures | undefined
  #stops: (() => void)[] = []

  constructor(id: number, forwards: number) {
    this.id = id
    this.worker.onmessage = ({ data }: MessageEvent<MediaNews>) => this.#hear(data)
    this.post({ t: 'begin', self: id, forwards, packetsPerSecond: 1_000 })
    this.sealWithOwn()
    this.encoders = new OwnEncoders((request) => this.post(request))
    void this.encoders.connect()
  }

  post(request: Request): void {
    const transfers: unknown[] = []
    if ('channel' in request) transfers.push(request.channel)
    if ('streams' in request) transfers.push(request.streams.readable, request.streams.writable)
    if ('frames' in request) transfers.push(request.frames)
    this.worker.postMessage(request, transfers as Transferable[])
  }

  has(t: MediaNews['t']): boolean {
    return this.news.some((news) => news.t === t)
  }

  /** A camera that shows numbered pictures. Gives the number of the picture shown last. */
  publish(layers: readonly LayerProfile[], fps = 30, view: View = 'camera'): () => number {
    const { track, frames } = trackOfFrames()
    const writer = frames.getWriter()
    const canvas = new OffscreenCanvas(640, 360)
    let stamp = 0
    const timer = setInterval(() => {
      drawStamped(canvas, ++stamp)
      writer.write(new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) })).catch(() => {})
    }, 1000 / fps)
    this.#stops.push(() => clearInterval(timer))
    this.post({ t: 'profile', layers })
    this.post({ t: 'publish', view, frames: framesOf(track), track: track.id })
    return () => stamp
  }

  sealWithOwn(): void {
    for (const kind of KEY_KINDS) this.post({ t: 'own-key', generation: keyNumber(kind, 0), secret: this.secret, layers: LAYERS_OF[kind] })
  }

  /** Gives the microphone: switched off, it hears silence. */
  async speak(): Promise<MediaStreamTrack> {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true })
    const [track] = media.getAudioTracks()
    if (track === undefined) throw new Error('no microphone')
    this.#stops.push(() => track.stop())
    await this.encoders.setVoice('audio', track)
    this.post({ t: 'voice', layer: 'audio', isOpen: true })
    return track
  }

  want(...wants: Want[]): void {
    this.post({ t: 'wants', wants })
  }

  /** What is shown of a participant, read back from the track an element would show. */
  watch(source: number, view: View = 'camera'): Seen[] {
    const { track, frames } = trackOfFrames()
    this.post({ t: 'sink', source, view, frames })
    const seen: Seen[] = []
    const reader = framesOf(track).getReader()
    const read = async () => {
      for (;;) {
        const { value, done } = await reader.read()
        if (done) return
        seen.push({ stamp: readStamp(value), atMs: performance.now(), height: value.displayHeight })
        value.close()
      }
    }
    read().catch(() => {})
    return seen
  }

  /** What is drawn and spoken stops; a screen that nobody moves looks like this. */
  stand(): void {
    for (const stop of this.#stops.splice(0)) stop()
  }

  /** As when a tab crashes: nobody is told. */
  kill(): void {
    this.worker.terminate()
    this.stand()
    for (const connection of this.connections) connection.close()
    this.encoders.close()
  }

  #hear(news: MediaNews): void {
    if (news.t === 'figures') this.figures = news.figures
    else this.news.push(news)
    if (news.t === 'need-pipe') this.givePipe(news.hop)
    if (news.t === 'need-voice-line') {
      const streams = this.voiceLines.get(`${news.hop} ${news.line}`)?.shift()
      if (streams !== undefined) this.post({ t: 'voice-line', hop: news.hop, line: news.line, streams })
    }
  }

  givePipe(hop: number): void {
    const streams = this.pipes.get(hop)
    this.pipes.delete(hop)
    if (streams !== undefined) this.post({ t: 'pipe', hop, streams })
  }
}

function open(id: number, forwards = 0): Tab {
  return new Tab(id, forwards)
}

/** Everybody gets everybody's key, but those who are left out. */
/** Of every kind one, all made of the same secret. */
function giveKeys(tab: Tab, source: number, secret: Bytes): void {
  for (const kind of KEY_KINDS) tab.post({ t: 'key', source, generation: keyNumber(kind, 0), secret })
}

function tellKeys(from: Tab, ...to: Tab[]): void {
  for (const tab of to) giveKeys(tab, from.id, from.secret)
}

/** Both ways: the channel, and lines each way for when they are asked for. Of what the channel carries a share may be lost. */
async function connect(a: Tab, b: Tab, lost = 0): Promise<void> {
  const channel = lost === 0 ? joinChannel(a, b) : joinLossy(a, b, lost)
  await Promise.all([connectLines(a, b), connectLines(b, a), channel])
  await until(() => [a, b].every((one) => one.news.some((news) => news.t === 'hop-open' && (news.hop === a.id || news.hop === b.id))))
}

async function joinChannel(a: Tab, b: Tab): Promise<void> {
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()]
  a.connections.push(here)
  b.connections.push(there)
  there.ondatachannel = ({ channel }) => b.post({ t: 'hop', hop: a.id, channel })
  a.post({ t: 'hop', hop: b.id, channel: openChannel(here) })
  await connectEnds(here, there)
}

/** Two channels that meet in this page, where some of what one gives never gets to the other. */
async function joinLossy(a: Tab, b: Tab, lost: number): Promise<void> {
  const [toA, toB] = await Promise.all([connectRaw(b.id, a), connectRaw(a.id, b)])
  for (const [from, to] of [
    [toA, toB],
    [toB, toA],
  ] as const) {
    from.channel.onmessage = ({ data }) => {
      if (to.channel.readyState === 'open' && Math.random() >= lost) to.channel.send(data)
    }
  }
}

const VOICE_LINES: readonly VoiceLine[] = ['audio', ...SLOTS]

async function connectLines(from: Tab, to: Tab): Promise<void> {
  const [here, there] = [new RTCPeerConnection(ENCODED), new RTCPeerConnection()]
  from.connections.push(here)
  to.connections.push(there)
  from.pipes.set(to.id, takeEncodedStreams(here.addTransceiver('video', { direction: 'sendonly' }).sender))
  const voices = VOICE_LINES.map((line) => ({ line, transceiver: here.addTransceiver('audio', { direction: 'sendonly' }) }))
  for (const { line, transceiver } of voices) {
    const key = `${to.id} ${line}`
    from.voiceLines.set(key, [...(from.voiceLines.get(key) ?? []), takeEncodedStreams(transceiver.sender)])
  }
  there.ontrack = ({ receiver, track, transceiver: { mid } }) => {
    const line = voices.find((voice) => voice.transceiver.mid === mid)?.line
    const of: TransformOf = line === undefined ? { kind: 'pipe', hop: from.id } : { kind: 'voice', hop: from.id, line }
    const options: TransformOptions = { ...of, id: 0 }
    if (!to.isDeaf) receiver.transform = new RTCRtpScriptTransform(to.worker, options)
    if (line === undefined) return
    to.heard.set(`${from.id} ${line}`, receiver)
    play(track)
  }
  await connectEnds(here, there)
}

async function connectRaw(id: number, to: Tab): Promise<Raw> {
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()]
  to.connections.push(there)
  there.ondatachannel = ({ channel }) => to.post({ t: 'hop', hop: id, channel })
  const raw = new Raw(id, openChannel(here))
  await connectEnds(here, there)
  await until(() => raw.channel.readyState === 'open')
  return raw
}

function openChannel(connection: RTCPeerConnection): RTCDataChannel {
  return connection.createDataChannel('media', { ordered: false, maxPacketLifeTime: MEDIA_LIFETIME_MS })
}

function play(track: MediaStreamTrack): void {
  const audio = document.createElement('audio')
  audio.srcObject = new MediaStream([track])
  document.body.append(audio)
  void audio.play()
}

type VoiceStats = { energy: number; concealed: number; received: number; packets: number; delayMs: number }

async function voiceStats(tab: Tab, from: Tab, line: VoiceLine = 'audio'): Promise<VoiceStats> {
  for (const report of (await tab.heard.get(`${from.id} ${line}`)?.getStats())?.values() ?? []) {
    if (report.type !== 'inbound-rtp' || report.kind !== 'audio') continue
    const { totalAudioEnergy: energy, concealedSamples: concealed, totalSamplesReceived: received, packetsReceived: packets } = report
    const delayMs = Math.round((1000 * report.jitterBufferDelay) / Math.max(1, report.jitterBufferEmittedCount))
    return { energy, concealed, received, packets, delayMs }
  }
  return { energy: 0, concealed: 0, received: 0, packets: 0, delayMs: 0 }
}

/** Resolves as soon as `claim` holds, with how long that took; throws after `withinMs`. */
async function until(claim: () => boolean, withinMs = 10_000): Promise<number> {
  const startMs = performance.now()
  while (!claim()) {
    if (performance.now() - startMs > withinMs) throw new Error(`not within ${withinMs} ms: ${claim}`)
    await pause(10)
  }
  return performance.now() - startMs
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function shown(source: number, layer: Want['layer'], parent: number, more: Partial<Want> = {}): Want {
  return { source, layer, parent, standby: undefined, maxTemporal: 2, isShown: true, ...more }
}

function gapsMs(seen: readonly Seen[]): number {
  return seen.reduce((worst, { atMs }, at) => Math.max(worst, atMs - (seen[at - 1]?.atMs ?? atMs)), 0)
}

const THUMB: LayerProfile = { layer: 'thumb', height: 90, fps: 7.5, bitsPerSecond: 120_000, keyEveryMs: 60_000 }
const MAIN: LayerProfile = { layer: 'main', height: 360, fps: 15, bitsPerSecond: 600_000, keyEveryMs: 60_000 }

const media = { open, connect, connectLines, connectRaw, tellKeys, giveKeys, sealed, voiceStats, until, pause, shown, gapsMs, THUMB, MAIN }
export type MediaHarness = typeof media
Object.assign(globalThis, { media })
