/**
 * The meeting of a room in this tab: worker, pairs, keys, plan and pictures, under the room's lifetime. It is opened with the
 * first call, tries what this engine can do, and stays until the room is left.
 */
import { layerProfiles } from '../../core/call/layer-profiles.ts'
import type { SeenTile } from '../../core/call/overlay/choose-wants.ts'
import { bridgesTo, findParents, type Reach } from '../../core/call/overlay/find-parents.ts'
import type { CallStats } from '../../ports/asterism.ts'
import type { Meeting, MeetingScene, SealedMedia } from '../../ports/meeting.ts'
import type { Presence } from '../../ports/room-state.ts'
import type { TabId } from '../../protocol/ids.ts'
import { CHILDREN_PER_STREAM, HOP_REOPEN_MS, SELF_TEST_MS } from '../../protocol/limits.ts'
import { type Layer, type MediaId, mediaIdOf, type StreamId, type Subscription } from '../../protocol/media.ts'
import type { MediaFigures, MediaNews, Want } from '../../protocol/media-worker.ts'
import type { MeetingFacts, MeetingMessage } from '../../protocol/meeting.ts'
import type { BalanceOptions } from '../balance/open-balance.ts'
import { describeCall } from './call-stats.ts'
import { Conductor } from './conductor.ts'
import { Enforcement } from './enforcement.ts'
import { Hops } from './hops.ts'
import { attendanceOf, callOf, layersOf, memberOf, OUT_OF_CALL, reachOf } from './in-call.ts'
import { KeyTellers } from './key-tellers.ts'
import { Learned } from './learn.ts'
import { MediaWorker } from './media-worker.ts'
import { OwnEncoders } from './own-encoders.ts'
import { ownFacts, ownLine } from './own-facts.ts'
import { OwnKeys } from './own-keys.ts'
import { OwnMedia } from './own-media.ts'
import { OwnVoiceGate } from './own-voice-gate.ts'
import { OwnWants } from './own-wants.ts'
import { Sinks } from './sinks.ts'
import { Talk } from './talk.ts'
import { mayForward, testEngine } from './test-engine.ts'
import { Voices } from './voices.ts'

export type MeetingOptions = Omit<BalanceOptions, 'onChange'> & {
  readonly presence: Presence
  /** Pictures, seals, plans or figures changed. */
  readonly onChange: () => void
}

/** Undefined: this engine cannot forward frames. */
export async function openMeeting(options: MeetingOptions): Promise<Meeting | undefined> {
  if (!mayForward()) return undefined
  const closing = new AbortController()
  const signal = AbortSignal.any([options.signal, closing.signal])
  const media = new MediaWorker(signal)
  const encoders = new OwnEncoders((request) => media.post(request))
  signal.addEventListener('abort', () => encoders.close())
  const ready = media.first('ready', SELF_TEST_MS)
  media.post({ t: 'begin', self: mediaIdOf(options.presence.self.tab), forwards: 0 })
  const [isAble, , begun] = await Promise.all([testEngine(media, options.clock), encoders.connect(), ready])
  encoders.stopEnvelopes()
  if (isAble && begun !== undefined) return new RoomMeeting({ ...options, media, encoders, packetsPerSecond: begun.packetsPerSecond })
  closing.abort()
  return undefined
}

type Parts = MeetingOptions & { readonly media: MediaWorker; readonly encoders: OwnEncoders; readonly packetsPerSecond: number }

class RoomMeeting implements Meeting {
  stats: CallStats | undefined
  refused: MediaStreamTrack | undefined
  readonly #parts: Parts
  readonly #self: MediaId
  readonly #talk: Talk
  readonly #hops: Hops
  readonly #keys: OwnKeys
  readonly #own: OwnMedia
  readonly #sinks: Sinks
  readonly #voices: Voices
  readonly #conductor: Conductor
  readonly #learned: Learned
  readonly #enforcement: Enforcement
  readonly #tellers = new KeyTellers()
  #scene = OUT_OF_CALL
  readonly #ownWants = new OwnWants()
  readonly #gate: OwnVoiceGate
  #tabs: ReadonlyMap<MediaId, TabId> = new Map()
  #wants: readonly Want[] = []
  /** Streams of others that others ask of this tab. */
  #asked: readonly StreamId[] = []
  #saidWants = '[]'
  #figures: MediaFigures | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    const { links, presence, media, encoders, clock, random, segment } = parts
    const self = presence.self.tab
    this.#self = mediaIdOf(self)
    const tabOf = (id: MediaId) => this.#tabOf(id)
    const hear = (from: TabId, message: MeetingMessage) => this.#hear(from, message)
    this.#talk = new Talk({ links, clock, hear, tabOf: (id) => memberOf(presence, id), bridges: (tab) => this.#bridges(tab) })
    const tell = (tab: TabId, message: MeetingMessage) => this.#talk.tell(tab, message)
    const tellKey = (tab: TabId, message: MeetingMessage, audience: ReadonlySet<TabId>) =>
      this.#talk.tell(tab, message, (bridge) => audience.has(bridge))
    this.#hops = new Hops({
      self,
      links,
      media,
      clock,
      firstCarrier: () => this.#learned.firstCarrier,
      voiceLinePauseMs: () => this.#gate.linePauseMs,
    })
    this.#keys = new OwnKeys({ clock, random, media, tell: tellKey })
    this.#gate = new OwnVoiceGate(clock)
    this.#own = new OwnMedia(media, encoders, parts.signal)
    this.#sinks = new Sinks(media)
    this.#enforcement = new Enforcement(media)
    this.#voices = new Voices(links, tabOf)
    this.#conductor = new Conductor({
      self,
      clock,
      tell,
      tabOf,
      facts: () => this.#facts(),
      segment,
      onPlanned: (round, others) => {
        this.#learned.planned(round, others, (id, places) => {
          const tab = tabOf(id)
          return tab !== undefined && tell(tab, places)
        })
      },
      onChange: () => {
        this.#route()
        parts.onChange()
      },
    })
    this.#learned = new Learned({ ...parts, onChange: () => this.#route() })
    media.onNews((news) => this.#heard(news))
  }

  get conducts(): number {
    return this.#conductor.term
  }

  follow(scene: MeetingScene): void {
    const before = this.#scene.giving
    this.#scene = scene.isIn ? scene : OUT_OF_CALL
    const { participants, outgoing, giving, passage } = this.#scene
    const self = this.#parts.presence.self.tab
    this.#tabs = new Map([self, ...participants].map((tab) => [mediaIdOf(tab), tab]))
    this.#talk.follow()
    this.#hops.follow(participants)
    this.#keys.follow(passage.audience, participants)
    this.#enforcement.tell(passage)
    this.#own.send(outgoing, this.#isVoiceSent())
    this.#own.setProfiles(layerProfiles(participants.length + 1))
    const call = this.#callOf(self)
    this.#conductor.follow(
      participants.flatMap((tab) => attendanceOf(this.#parts.presence, tab)),
      { isSteady: call?.steady ?? true, sinceMs: call?.sinceMs ?? 0 },
    )
    if (giving !== before) {
      this.#parts.media.post({ t: 'forwards', children: giving.passesOn ? CHILDREN_PER_STREAM : 0 })
      this.#conductor.tellSoon()
    }
    this.#route()
    this.#own.mirror.follow(!this.#sinks.isEmpty && this.#own.sendsCamera)
  }

  get mirror(): MediaStreamTrack | undefined {
    return this.#own.mirror.track
  }

  media(tab: TabId): SealedMedia {
    const id = mediaIdOf(tab)
    const call = this.#callOf(tab)
    const camera = call?.camera === true ? this.#sinks.get(id, 'camera') : undefined
    const screen = call?.screen === true ? this.#sinks.get(id, 'screen') : undefined
    const from = (screen ?? camera)?.from ?? this.#voices.through(id)
    return {
      microphone: this.#voices.track(id, 'audio'),
      screenAudio: this.#voices.track(id, 'screen-audio'),
      camera: camera?.track,
      screen: screen?.track,
      seal: this.#tellers.has(tab) ? 'sealed' : 'opening',
      through: from === undefined || from === id ? undefined : this.#tabOf(from),
    }
  }

  #hear(from: TabId, message: MeetingMessage): void {
    if (message.t === 'key') {
      this.#parts.media.post({ t: 'key', source: mediaIdOf(from), generation: message.generation, secret: message.secret })
      if (!this.#tellers.told(from)) this.#parts.onChange()
    } else if (message.t === 'network' || message.t === 'places') {
      const mayBeTold = message.t === 'network' || from === this.#conductor.conductor
      if (mayBeTold && this.#tabs.has(mediaIdOf(from))) this.#learned.heard(mediaIdOf(from), message)
    } else this.#conductor.hear(from, message)
  }

  #heard(news: MediaNews): void {
    this.#hops.hear(news)
    this.#learned.hear(news)
    this.#own.hear(news)
    this.refused = this.#own.refusedBy(news) ?? this.refused
    if (this.#sinks.hear(news) || this.#voices.hear(news) || this.#own.mirror.hear(news)) this.#parts.onChange()
    if (news.t === 'asked') {
      this.#asked = news.streams
      this.#route()
    }
    if (news.t === 'failed') console.info('asterism: meeting:', news.what)
    if (news.t === 'hop-lost') this.#parts.clock.after(HOP_REOPEN_MS, () => this.#hops.follow(this.#scene.participants))
    if (news.t !== 'figures' || !this.#scene.isIn) return
    this.#figures = news.figures
    this.#own.send(this.#scene.outgoing, this.#isVoiceSent())
    this.#route()
    this.stats = describeCall({
      figures: news.figures,
      smallPictures: this.#ownWants.smallPictures,
      packetsPerSecond: this.#parts.packetsPerSecond,
      plan: this.#conductor.plan,
      conductor: this.#conductor.conductor,
      decisions: this.#learned.decisions,
      rounds: () => this.#conductor.rounds,
      tabOf: (id) => this.#tabOf(id),
    })
    this.#parts.onChange()
  }

  /** From whom this tab takes what it wants, told only when it differs. */
  #route(): void {
    const reach = this.#reach()
    const { plan, conductor } = this.#conductor
    const asked = this.#asked.filter(({ source }) => this.#tabs.has(source))
    const told = ownLine({ giving: this.#scene.giving, profiles: this.#own.profiles, figures: this.#figures })
    const found = findParents(plan, this.#self, this.#wanted(), reach, asked, told)
    const wants = this.#learned.reroute(found, { plan, conductor: conductor && mediaIdOf(conductor), self: this.#self, reach })
    const said = JSON.stringify(wants)
    if (said === this.#saidWants) return
    this.#saidWants = said
    this.#wants = wants
    this.#sinks.follow(wants)
    this.#parts.media.post({ t: 'wants', wants })
    this.#conductor.tellSoon()
  }

  #isVoiceSent(): boolean {
    const { participants, isSpeaking, level } = this.#scene
    const people = participants.filter((tab) => this.#mayTake(tab, 'audio')).length + 1
    return this.#gate.isSent({ people, isSpeaking, level, speaking: this.#speaking(), heard: new Map(this.#figures?.levels) })
  }

  #wanted(): readonly Subscription[] {
    const { participants, visible } = this.#scene
    const downKbps = this.#figures?.downlinkKbps
    return this.#ownWants.choose({
      others: participants.map((tab) => ({
        id: mediaIdOf(tab),
        layers: layersOf(this.#parts.presence, tab).filter((layer) => this.#mayTake(tab, layer)),
      })),
      visible: visible?.map(({ tab, view, heightPx }): SeenTile => ({ id: mediaIdOf(tab), view, heightPx })),
      speaking: this.#speaking(),
      present: new Set(this.#tabs.keys()),
      line: this.#conductor.plan === undefined && downKbps !== undefined ? { downKbps, profiles: this.#own.profiles } : undefined,
    })
  }

  #mayTake(tab: TabId, layer: Layer): boolean {
    return this.#scene.passage.takes.get(tab)?.has(layer) ?? false
  }

  #speaking(): readonly MediaId[] {
    return this.#scene.participants.filter((tab) => this.#callOf(tab)?.speaking && this.#mayTake(tab, 'audio')).map(mediaIdOf)
  }

  #reach(): Reach {
    return reachOf(this.#parts.presence, this.#parts.links, this.#scene.participants)
  }

  #bridges(tab: TabId): readonly TabId[] {
    return bridgesTo(mediaIdOf(tab), this.#self, this.#reach()).flatMap((id) => this.#tabOf(id) ?? [])
  }

  #facts(): MeetingFacts {
    const { links, presence, packetsPerSecond } = this.#parts
    return this.#learned.weigh(
      ownFacts({
        links: links.all(),
        packetsPerSecond,
        giving: this.#scene.giving,
        isSteady: this.#callOf(presence.self.tab)?.steady ?? false,
        layers: layersOf(presence, presence.self.tab),
        profiles: this.#own.profiles,
        wants: this.#wants.filter(({ isShown }) => isShown),
        figures: this.#figures,
      }),
    )
  }

  #callOf(tab: TabId) {
    return callOf(this.#parts.presence, tab)
  }

  #tabOf(id: MediaId): TabId | undefined {
    return this.#tabs.get(id)
  }
}
