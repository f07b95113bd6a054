/** One call of this tab, its parts put together: what each tells the others, and what ticks. */
import { closeWindow, isWindowOver, noteTick, pressureNow, RELAXED, slackMs } from '../../src/core/call/frames/strain.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import type { MediaId } from '../../src/protocol/media.ts'
import {
  type EncodedStreams,
  type MediaNews,
  type MediaRequest,
  type TransformOptions,
  type View,
  type VoiceLayer,
  viewOf,
  type Want,
} from '../../src/protocol/media-worker.ts'
import { Figures } from './figures.ts'
import { HeardVoices } from './heard-voices.ts'
import { Keyring } from './keyring.ts'
import { LatePictures } from './late-pictures.ts'
import type { Objects } from './objects.ts'
import { OwnPictures } from './own-pictures.ts'
import { OwnVoices } from './own-voices.ts'
import { PassedVoices } from './passed-voices.ts'
import { Pictures } from './pictures.ts'
import { type Envelope, PipeWriter, readPipe } from './pipe.ts'
import { ShowTogether } from './show-together.ts'
import { Switchboard } from './switchboard.ts'
import { VoiceLines } from './voice-lines.ts'
import { PressureWatch } from './watch-pressure.ts'

/** Well below what a missing frame is waited for. */
const TICK_MS = 50
/** Nobody sends and nobody is asked: a device with eight quiet tabs would wake 160 times a second for nothing. */
const REST_MS = 250

const FIGURES_MS = 1_000

/** Frames that no key opens are told so often at most: each is one of many. */
const SEALED_AGAIN_MS = 1_000

export type CallParts = {
  readonly self: MediaId
  readonly forwards: number
  readonly news: (news: MediaNews) => void
  readonly envelope: Envelope
}

type CallRequest = Exclude<MediaRequest<Objects>, { t: 'begin' | 'envelope' | 'test' | 'end' }>
type Handlers = { readonly [T in CallRequest['t']]: (request: Extract<CallRequest, { t: T }>) => void }
type CallOptions = Exclude<TransformOptions, { kind: 'test' }>

export class MediaCall {
  readonly #parts: CallParts
  readonly #keyring = new Keyring()
  readonly #figures = new Figures()
  readonly #switchboard: Switchboard
  readonly #ownPictures: OwnPictures
  readonly #lines: VoiceLines
  readonly #ownVoices: OwnVoices
  readonly #passedVoices: PassedVoices
  readonly #heardVoices: HeardVoices
  readonly #pictures: Pictures
  readonly #together = new ShowTogether(() => this.#pictures.count)
  /** When it was last said that a source's frames do not open. */
  readonly #unopened = new Map<MediaId, number>()
  readonly #late = new LatePictures()
  readonly #pressure = new PressureWatch()
  #strain = RELAXED
  #timer: ReturnType<typeof setTimeout> | undefined
  #figuresAtMs = performance.now()

  constructor(parts: CallParts) {
    this.#parts = parts
    const { self, forwards, news } = parts
    const keyring = this.#keyring
    const unopened = (source: MediaId, generation: number) => this.#sayUnopened(source, generation)
    const failed = (cause: unknown) => news({ t: 'failed', what: cause instanceof Error ? `${cause.name}: ${cause.message}` : `${cause}` })
    const switchboard = new Switchboard(self, forwards, {
      keyring,
      news,
      unopened,
      failed,
      show: (frame) => this.#pictures.show(frame),
      arrived: (...came) => this.#figures.arrived(...came),
      unwanted: (stream) => {
        this.#pictures.drop(stream)
        this.#late.drop(stream)
      },
      refreshOwn: (layer) => this.#ownPictures.refresh(layer),
      subscribed: (hop, layer) => this.#ownVoices.subscribed(hop, layer),
      voiceAsked: (hop, stream) => this.#passedVoices.asked(hop, stream),
      linesHeard: (hop) => this.#heardVoices.takeCome(hop),
      linesTold: (hop, heard) => lines.heard(hop, heard, performance.now()),
    })
    this.#switchboard = switchboard
    this.#ownPictures = new OwnPictures({
      self,
      keyring,
      together: this.#together,
      isWatched: (layer) => switchboard.isWatched(layer),
      watched: (layers) => news({ t: 'watched', layers }),
      takers: (layer) => switchboard.takersOfPicture(layer),
      send: (head, packet) => {
        this.#figures.sent(head.layer, packet.byteLength)
        switchboard.sendOwn(head, packet)
      },
      failed,
    })
    const lines = new VoiceLines({
      need: (hop, line) => news({ t: 'need-voice-line', hop, line }),
      askWord: (hop) => switchboard.hops.get(hop)?.say({ kind: 'lines-asked' }) ?? false,
    })
    this.#lines = lines
    this.#passedVoices = new PassedVoices({ lines, takers: (stream) => switchboard.voiceTakers(stream) })
    this.#heardVoices = new HeardVoices({
      keyring,
      unopened,
      isHushed: (stream) => switchboard.isHushed(stream),
      isAskedOf: (stream, hop) => switchboard.isAskedOf(stream, hop),
      isPlanned: (stream, hop) => switchboard.wantOf(stream)?.parent === hop,
      isPlayed: (stream) => switchboard.wantOf(stream)?.isShown !== false,
      heard: (...heard) => this.#figures.heard(...heard),
      moved: (source, layer, way) => news({ t: 'voice-from', source, layer, way }),
      pass: (stream, frame, payload, level) => this.#passedVoices.pass(stream, frame, payload, level, performance.now()),
    })
    this.#ownVoices = new OwnVoices({
      self,
      keyring,
      lines,
      isTaken: (layer) => switchboard.isWatched(layer),
      takers: (layer) => switchboard.takersOf(layer),
    })
    this.#pictures = new Pictures({
      keyring,
      together: this.#together,
      shows: (source, view, layer, from) => {
        news({ t: 'shows', source, view, layer, from })
        if (layer !== undefined) switchboard.settle({ source, layer })
      },
      shown: (stream, capturedMs) => {
        this.#figures.shown(stream)
        this.#late.shown(stream, (Date.now() - capturedMs) | 0, performance.now())
      },
      broken: (stream) => switchboard.askSource(stream),
    })
    this.#tickLater()
  }

  handle<T extends CallRequest['t']>(request: Extract<CallRequest, { t: T }>): void {
    const handlers: { readonly [K in T]: (request: Extract<CallRequest, { t: K }>) => void } = this.#handlers
    handlers[request.t as T](request)
  }

  attach(options: CallOptions, streams: EncodedStreams<Objects>): void {
    if (options.kind === 'pipe') {
      void readPipe(streams.readable, (bytes) => this.#switchboard.hops.hear(options.hop, bytes))
      return
    }
    void this.#heardVoices.play(streams, options.hop, options.line)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#pressure.close()
    this.#ownPictures.close()
    this.#ownVoices.close()
    this.#lines.close()
    this.#together.close()
    this.#pictures.end()
    this.#switchboard.close()
  }

  readonly #handlers: Handlers = {
    hop: ({ hop, channel, first }) => this.#switchboard.hops.open(hop, channel, first ?? 'channel'),
    'hop-closed': ({ hop }) => this.#dropHop(hop),
    way: ({ hop, rttMs, nowMs }) => this.#switchboard.hops.setWay(hop, { rttMs, longerMs: nowMs - rttMs }),
    room: ({ hop, kbps }) => this.#switchboard.hops.get(hop)?.traffic.setRoom(kbps),
    pipe: ({ hop, streams }) => this.#switchboard.hops.setPipe(hop, new PipeWriter(streams, this.#parts.envelope)),
    'voice-line': ({ hop, line, streams }) => this.#lines.set(hop, line, streams),
    'publish-voice': ({ layer, streams }) => this.#ownVoices.publish(layer, streams),
    publish: ({ view, frames, track }) => this.#ownPictures.publish(view, frames, () => this.#parts.news({ t: 'refused', track })),
    unpublish: ({ what }) => this.#unpublish(what),
    voice: ({ layer, isOpen }) => this.#ownVoices.setOpen(layer, isOpen),
    profile: ({ layers }) => this.#ownPictures.setProfiles(layers),
    'own-key': ({ generation, secret, layers }) => void this.#keyring.setOwn(generation, secret, layers),
    hush: ({ hushed }) => this.#switchboard.setHushed(hushed, performance.now()),
    bar: ({ hops }) => this.#switchboard.setBarred(hops, performance.now()),
    key: ({ source, generation, secret }) => this.#unlock(source, generation, secret),
    forwards: ({ children }) => this.#switchboard.setForwards(children),
    wants: ({ wants }) => this.#want(wants),
    sink: ({ source, view, frames }) => this.#show(source, view, frames),
    mirror: ({ frames }) => this.#ownPictures.mirror(frames, () => this.#parts.news({ t: 'mirrors' })),
    unsink: ({ source, view }) => this.#pictures.close(source, view),
  }

  #tickLater(): void {
    const waitMs = this.#switchboard.isBusy ? TICK_MS : REST_MS
    const dueMs = performance.now() + waitMs
    this.#timer = setTimeout(() => {
      this.#tickLater()
      const nowMs = performance.now()
      this.#ease(nowMs - dueMs, nowMs)
      this.#tick(nowMs)
    }, waitMs)
  }

  /** `lateMs`: of this tick. */
  #ease(lateMs: number, nowMs: number): void {
    const before = this.#strain.halvings
    this.#strain = noteTick(this.#strain, Math.max(0, lateMs), nowMs)
    if (isWindowOver(this.#strain, nowMs)) {
      const pressure = pressureNow(this.#pressure.said, nowMs)
      this.#strain = closeWindow(this.#strain, this.#late.take(), pressure, this.#figures.isLineShort, nowMs)
    }
    const { halvings } = this.#strain
    if (halvings === before) return
    this.#pictures.halve(halvings)
    this.#ownPictures.halve(halvings)
    this.#together.halve(halvings)
    this.#switchboard.setHalvings(halvings)
  }

  #tick(nowMs: number): void {
    this.#switchboard.tick(nowMs, this.#strain)
    this.#lines.tick(nowMs)
    this.#ownPictures.tick(nowMs)
    this.#pictures.tick(nowMs)
    if (nowMs - this.#figuresAtMs < FIGURES_MS) return
    this.#figuresAtMs = nowMs
    const { hops, streams } = this.#switchboard
    const strain = { lateMs: Math.round(slackMs(this.#strain)), halvings: this.#strain.halvings }
    const figures = this.#figures.take({ self: this.#parts.self, hops: [...hops.all], streams, strain, isLate: this.#strain.isLate, nowMs })
    this.#parts.news({ t: 'figures', figures })
  }

  #sayUnopened(source: MediaId, generation: number): void {
    const nowMs = performance.now()
    if (nowMs - (this.#unopened.get(source) ?? Number.NEGATIVE_INFINITY) < SEALED_AGAIN_MS) return
    this.#unopened.set(source, nowMs)
    this.#parts.news({ t: 'sealed', source, generation })
  }

  #unlock(source: MediaId, generation: number, secret: Bytes): void {
    this.#keyring.setOther(source, generation, secret)
    // It may be the one that was missing: what is kept is tried again.
    this.#switchboard.unlock(source)
    if (this.#unopened.delete(source)) this.#showAgain(source)
  }

  #want(wants: readonly Want[]): void {
    const sources = new Set(wants.map(({ source }) => source))
    for (const source of this.#unopened.keys()) if (!sources.has(source)) this.#unopened.delete(source)
    this.#pictures.prefer(wants)
    this.#switchboard.setWants(wants, performance.now(), this.#figures.isLineShort)
  }

  #show(source: MediaId, view: View, frames: WritableStream): void {
    this.#pictures.open(source, view, frames)
    this.#showAgain(source)
  }

  #unpublish(what: View | VoiceLayer): void {
    if (what === 'camera' || what === 'screen') this.#ownPictures.unpublish(what)
    else this.#ownVoices.unpublish(what)
  }

  #dropHop(hop: MediaId): void {
    this.#switchboard.hops.drop(hop)
    this.#lines.dropHop(hop)
    this.#passedVoices.dropHop(hop)
    this.#heardVoices.dropHop(hop)
  }

  #showAgain(source: MediaId): void {
    for (const { stream, want } of this.#switchboard.wants) {
      if (want.isShown && stream.source === source && viewOf(stream.layer) !== undefined) this.#switchboard.showAgain(stream)
    }
  }
}
