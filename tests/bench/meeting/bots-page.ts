/** Several members of a room in one page, each with a worker and connections of its own. What they say to each other's pages the bench carries. */
import { layerProfiles } from '../../../src/core/call/layer-profiles.ts'
import type { Bytes } from '../../../src/protocol/bytes.ts'
import { CHILDREN_PER_STREAM, MEDIA_LIFETIME_MS } from '../../../src/protocol/limits.ts'
import { KEY_KINDS, keyNumber, LAYERS_OF, type MediaId } from '../../../src/protocol/media.ts'
import type { LayerProfile, MediaNews, Want } from '../../../src/protocol/media-worker.ts'
import { cameraConstraints } from '../../../src/tab/call/constraints.ts'
import { framesOf } from '../../../src/tab/meeting/tracks-and-frames.ts'
import { LayerEncoder } from '../../../workers/media/layer-encoder.ts'
import { openConnection, wholeDescription } from './page-connections.ts'

type RecordedFrame = { readonly isKey: boolean; readonly temporal: number; readonly data: Bytes }
export type Recording = { readonly thumb: readonly RecordedFrame[]; readonly main: readonly RecordedFrame[] }

export type BotRequest =
  | { readonly bot: 'begin'; readonly recording: Recording; readonly isDecoding: boolean }
  | { readonly bot: 'publish'; readonly fps: number }
  | { readonly bot: 'watch'; readonly source: MediaId }
  | { readonly bot: 'take'; readonly fromMs: number; readonly untilMs: number }
export type BotNoted = {
  readonly bot: 'noted'
  readonly sent: Readonly<Record<keyof Recording, number>>
  readonly delays: readonly number[]
}
type BotNews = { readonly bot: 'ready' } | BotNoted | MediaNews

export type Way = { readonly from: MediaId; readonly to: MediaId }
type Description = RTCSessionDescriptionInit

/** A room's, not a pair's. */
const PROFILES = layerProfiles(30)
const CAMERA_FPS = 15
const RECORD_MS = 6_000
/** By no benchmark: thirty of those at once would measure each other. */
const PACKETS_PER_SECOND = 20_000

class Bot {
  readonly id: MediaId
  readonly worker = new Worker('/bot-worker.js', { type: 'module' })
  readonly hops = new Set<MediaId>()
  readonly #news: ((news: BotNews) => boolean)[] = []

  constructor(id: MediaId) {
    this.id = id
    this.worker.onmessage = ({ data }: MessageEvent<BotNews>) => {
      if ('t' in data && data.t === 'hop-open') this.hops.add(data.hop)
      if ('t' in data && data.t === 'hop-lost') this.hops.delete(data.hop)
      for (const [at, take] of [...this.#news.entries()].reverse()) if (take(data)) this.#news.splice(at, 1)
    }
  }

  next<N extends BotNews>(isIt: (news: BotNews) => news is N): Promise<N> {
    return new Promise((done) => {
      this.#news.push((news) => {
        if (!isIt(news)) return false
        done(news)
        return true
      })
    })
  }

  async begin(recording: Recording, isDecoding: boolean): Promise<void> {
    await this.next((news): news is BotNews & { bot: 'ready' } => 'bot' in news && news.bot === 'ready')
    const { id, worker } = this
    worker.postMessage({ bot: 'begin', recording, isDecoding })
    worker.postMessage({ t: 'begin', self: id, forwards: CHILDREN_PER_STREAM, packetsPerSecond: PACKETS_PER_SECOND })
    worker.postMessage({ t: 'profile', layers: profilesOf() })
    for (const kind of KEY_KINDS)
      worker.postMessage({ t: 'own-key', generation: keyNumber(kind, 0), secret: secretOf(id), layers: LAYERS_OF[kind] })
    worker.postMessage({ bot: 'publish', fps: CAMERA_FPS })
  }

  addHop(hop: MediaId, channel: RTCDataChannel): void {
    this.worker.postMessage({ t: 'hop', hop, channel }, [channel as unknown as Transferable])
    this.worker.postMessage({ t: 'way', hop, rttMs: 1, nowMs: 1 })
  }

  want(wants: readonly Want[]): void {
    for (const { source } of wants) {
      for (const kind of KEY_KINDS) this.worker.postMessage({ t: 'key', source, generation: keyNumber(kind, 0), secret: secretOf(source) })
    }
    for (const { source, isShown } of wants) if (isShown) this.worker.postMessage({ bot: 'watch', source })
    this.worker.postMessage({ t: 'wants', wants })
  }
}

const bots = new Map<MediaId, Bot>()
const offered = new Map<string, RTCPeerConnection>()

const room = {
  profiles: profilesOf,

  async open(ids: readonly MediaId[], decoding: readonly MediaId[]): Promise<void> {
    const recording = await record()
    for (const id of ids) bots.set(id, new Bot(id))
    await Promise.all([...bots.values()].map((bot) => bot.begin(recording, decoding.includes(bot.id))))
  },

  offer(ways: readonly Way[]): Promise<Description[]> {
    return Promise.all(
      ways.map((way) => {
        const connection = openConnection()
        offered.set(nameOf(way), connection)
        botOf(way.from).addHop(way.to, connection.createDataChannel('media', { ordered: false, maxPacketLifeTime: MEDIA_LIFETIME_MS }))
        return wholeDescription(connection)
      }),
    )
  },
  answer(ways: readonly Way[], offers: readonly Description[]): Promise<Description[]> {
    return Promise.all(
      ways.map(async (way, n) => {
        const connection = openConnection()
        connection.ondatachannel = ({ channel }) => botOf(way.to).addHop(way.from, channel)
        await connection.setRemoteDescription(offers[n] as Description)
        return wholeDescription(connection)
      }),
    )
  },
  async accept(ways: readonly Way[], answers: readonly Description[]): Promise<void> {
    await Promise.all(ways.map((way, n) => offered.get(nameOf(way))?.setRemoteDescription(answers[n] as Description)))
  },
  /** Ends of hops that carry. */
  openHops(): number {
    return [...bots.values()].reduce((sum, { hops }) => sum + hops.size, 0)
  },

  want(wants: readonly (readonly [MediaId, readonly Want[]])[]): void {
    for (const [id, all] of wants) botOf(id).want(all)
  },
  /** Of one that decodes fully: how long until it shows a first picture. */
  async firstPicture(id: MediaId, wants: readonly Want[]): Promise<number> {
    const bot = botOf(id)
    const startMs = performance.now()
    const shows = bot.next((news): news is MediaNews & { t: 'shows' } => 't' in news && news.t === 'shows' && news.layer !== undefined)
    bot.want(wants)
    await shows
    return performance.now() - startMs
  },
  /** Of frames captured between these moments. */
  async take(fromMs: number, untilMs: number): Promise<(readonly [MediaId, BotNoted])[]> {
    return Promise.all(
      [...bots.values()].map(async (bot) => {
        const noted = bot.next((news): news is BotNoted => 'bot' in news && news.bot === 'noted')
        bot.worker.postMessage({ bot: 'take', fromMs, untilMs })
        return [bot.id, await noted] as const
      }),
    )
  },
}

function profilesOf(): readonly LayerProfile[] {
  return PROFILES.filter(({ layer }) => layer !== 'screen')
}

/** The camera by the encoders of the app: what they made of it, in their order. */
async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: cameraConstraints(undefined) })
  const [track] = stream.getVideoTracks()
  if (track === undefined) throw new Error('no camera')
  const made: Record<keyof Recording, RecordedFrame[]> = { thumb: [], main: [] }
  const encoders = profilesOf().map((profile) => {
    const frames = made[profile.layer as keyof Recording]
    return new LayerEncoder(
      { ...profile, keyEveryMs: 2 * RECORD_MS },
      ({ chunk, temporal }) => {
        const data = new Uint8Array(chunk.byteLength)
        chunk.copyTo(data)
        frames.push({ isKey: chunk.type === 'key', temporal, data })
      },
      (cause) => console.error(cause),
    )
  })
  const reader = framesOf(track).getReader()
  const endMs = performance.now() + RECORD_MS
  while (performance.now() < endMs) {
    const { value: frame } = await reader.read()
    for (const encoder of encoders) if (frame !== undefined) encoder.take(frame, performance.now())
    frame?.close()
  }
  track.stop()
  for (const encoder of encoders) encoder.rest()
  if (made.thumb.length === 0 || made.main.length === 0) throw new Error('nothing was recorded')
  return made
}

function botOf(id: MediaId): Bot {
  const bot = bots.get(id)
  if (bot === undefined) throw new Error(`nobody ${id} here`)
  return bot
}

function nameOf({ from, to }: Way): string {
  return `${from} ${to}`
}

/** Every page knows everybody's: who may open what is measured elsewhere. */
function secretOf(id: MediaId): Bytes {
  return new Uint8Array(32).fill(id)
}

declare global {
  var botRoom: typeof room
}
globalThis.botRoom = room
