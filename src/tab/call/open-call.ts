/**
 * The call of a room: this tab's devices, and what goes to and from the others who are in it, as far as the session lets it
 * pass: sealed frames by the meeting where both engines can, plain tracks otherwise. Devices can be tried before joining; what
 * fails there is a state to be shown and keeps nobody from joining.
 */
import { isAnyInCall } from '../../core/call/participants.ts'
import type {
  Call,
  CallStats,
  CallTools,
  Giving,
  Listener,
  MediaDevice,
  MediaWish,
  RemoteMedia,
  SelfMedia,
  Unsubscribe,
  VisibleTile,
} from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Effects, EffectsWish, TrackEffects } from '../../ports/effects.ts'
import type { Links } from '../../ports/link.ts'
import type { CallSession, Meeting } from '../../ports/meeting.ts'
import type { Presence } from '../../ports/room-state.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import { JOIN_WAIT_MS } from '../../protocol/limits.ts'
import type { PresenceRecord } from '../../protocol/room-state.ts'
import { watchLinks } from '../link/watch-links.ts'
import { gatherRemote, readRemote, sendTracks, withoutHushed } from './exchange-tracks.ts'
import { type DeviceMemory, LocalDevices } from './local-devices.ts'

export type CallOptions = {
  readonly links: Links
  readonly presence: Presence
  readonly session: CallSession
  /** undefined where the page is no secure context. */
  readonly devices: MediaDevices | undefined
  readonly clock: Clock
  /** Aborting it leaves the call and lets the devices go. */
  readonly signal: AbortSignal
  /** Loads what seals and forwards frames; undefined when this engine cannot. Asked once. */
  readonly openMeeting: (onChange: () => void) => Promise<Meeting | undefined>
  readonly openEffects: (onChange: () => void) => Promise<TrackEffects>
  /** Asked once. */
  readonly openTools: (call: Call) => Promise<CallTools>
  /** A device went away while it was in use, and another is used. */
  readonly notify: (code: RoomErrorCode, detail: string) => void
  /** Keeps the choice of devices from visit to visit. */
  readonly remember?: DeviceMemory
}

export function openCall(options: CallOptions): Call {
  return new RoomCall(options)
}

class RoomCall implements Call {
  state: Call['state'] = 'out'
  readonly session: CallSession
  self: SelfMedia
  remote: readonly RemoteMedia[] = []
  giving: Giving = { passesOn: true, uplinkKbps: undefined }
  readonly #options: CallOptions
  readonly #local: LocalDevices
  readonly #listeners = new Set<Listener>()
  /** What presence says of this tab, as last told; told again only when it differs. */
  #told: PresenceRecord['call'] = null
  #visit = 0
  #sinceMs = 0
  #meeting: Meeting | undefined
  #opening: Promise<void> | undefined
  /** It was opened once, perhaps in vain. */
  #isAsked = false
  #tools: Promise<CallTools> | undefined
  readonly #visible = new Map<string, readonly VisibleTile[]>()

  constructor(options: CallOptions) {
    this.#options = options
    const { devices, clock, links, session, signal, notify, remember, openEffects } = options
    this.session = session
    this.#local = new LocalDevices({
      devices,
      clock,
      remember,
      onChange: () => this.#changed(),
      onReplaced: () => notify('device-replaced', 'microphone'),
      openEffects,
    })
    this.self = this.#local.self
    const stops = [watchLinks(links, () => this.#changed()), session.subscribe(() => this.#changed())]
    devices?.addEventListener('devicechange', () => this.#local.devicesChanged(), { signal })
    document.addEventListener('visibilitychange', () => this.#changed(), { signal })
    void this.#local.refresh()
    signal.addEventListener('abort', () => {
      for (const stop of stops) stop()
      void this.leave()
    })
  }

  get devices(): readonly MediaDevice[] {
    return this.#local.list
  }

  subscribe(listener: Listener): Unsubscribe {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async preview(want: MediaWish): Promise<void> {
    this.#local.stop({ microphone: !want.microphone, camera: !want.camera })
    await this.#local.start(want)
  }

  /** Without a wish, with whatever the preview has running. */
  async join(want?: MediaWish): Promise<void> {
    if (this.state !== 'out' || this.#options.signal.aborted) return
    const visit = ++this.#visit
    this.#become('joining')
    const { clock } = this.#options
    const waited = new Promise<void>((resolve) => clock.after(JOIN_WAIT_MS, resolve))
    await Promise.all([Promise.race([this.#openMeeting(), waited]), want === undefined ? undefined : this.preview(want)])
    if (visit !== this.#visit) return
    this.#sinceMs = this.#options.clock.nowMs()
    this.#become('in')
  }

  async leave(): Promise<void> {
    this.#visit++
    this.#become('out')
    this.#local.screen.stop()
    this.#local.stop({ microphone: true, camera: true })
  }

  async setMicrophone(on: boolean): Promise<void> {
    if (on) await this.#local.start({ microphone: true, camera: false })
    else if (this.state === 'out') this.#local.stop({ microphone: true, camera: false })
    else this.#local.mute()
  }

  /** Off lets the camera go, so that its light goes out. */
  async setCamera(on: boolean): Promise<void> {
    if (on) await this.#local.start({ microphone: false, camera: true })
    else this.#local.stop({ microphone: false, camera: true })
  }

  async setScreen(on: boolean): Promise<void> {
    const { screen } = this.#local
    if (!on) screen.stop()
    else if (screen.state.kind !== 'on') await screen.start()
  }

  share(stream: MediaStream): void {
    this.#local.screen.share(stream)
  }

  choose(kind: keyof SelfMedia['chosen'], deviceId: string): Promise<void> {
    return this.#local.choose(kind, deviceId)
  }

  get effects(): Effects {
    return this.#local.effects
  }

  setEffects(change: Partial<EffectsWish>): Promise<void> {
    return this.#local.setEffects(change)
  }

  tools(): Promise<CallTools> {
    this.#tools ??= this.#options.openTools(this).catch((error: unknown) => {
      this.#tools = undefined
      throw error
    })
    return this.#tools
  }

  get mirror(): MediaStreamTrack | undefined {
    return this.self.cameraTrack && (this.#meeting?.mirror ?? this.self.cameraTrack)
  }

  get stats(): CallStats | undefined {
    return this.state === 'in' ? this.#meeting?.stats : undefined
  }

  setVisible(tiles: readonly VisibleTile[], where = 'screen'): void {
    this.#visible.set(where, tiles)
    this.#changed()
  }

  give(change: Partial<Giving>): void {
    this.giving = { ...this.giving, ...change }
    this.#changed()
  }

  /** Without it the call is one of plain tracks. */
  #openMeeting(): Promise<void> {
    this.#isAsked = true
    this.#opening ??= this.#options
      .openMeeting(() => {
        this.#local.refuse(this.#meeting?.refused)
        this.#changed()
      })
      .then((meeting) => {
        this.#meeting = meeting
        this.#changed()
      })
      .catch((error: unknown) => {
        console.info('asterism: the meeting could not be loaded', error)
        this.#opening = undefined
      })
    return this.#opening
  }

  #become(state: Call['state']): void {
    if (this.state === state) return
    this.state = state
    this.#changed()
  }

  /** Everything the call shows and sends follows from its devices, the links and who is here. */
  #changed(): void {
    const { links, presence, session } = this.#options
    this.self = this.#local.self
    this.#tellPresence()
    const all = presence.all()
    // Whoever sees others talk will perhaps press Join: what takes a second is done by then.
    if (!this.#isAsked && isAnyInCall([...all.keys()], all)) void this.#openMeeting()
    const passage = session.passage(links)
    const isIn = this.state === 'in' && passage.isIn
    const others = isIn ? passage.present : []
    const sealed = others.filter((tab) => this.#meeting !== undefined && all.get(tab)?.call?.seals === true)
    const outgoing = withoutHushed(this.#local.outgoing, passage.hushed)
    const plain = others.filter((tab) => !sealed.includes(tab))
    sendTracks(links, plain, outgoing, passage.audience)
    this.#meeting?.follow({
      isIn,
      participants: sealed,
      outgoing,
      isSpeaking: this.self.speaking,
      level: this.self.level,
      visible: this.#visible.has('screen') ? [...this.#visible.values()].flat() : undefined,
      giving: this.giving,
      passage,
    })
    const seen = others.filter((tab) => passage.takes.get(tab)?.size)
    this.remote = gatherRemote(
      seen,
      (tab) => readRemote(tab, links.get(tab), sealed.includes(tab) ? this.#meeting?.media(tab) : undefined, passage.takes.get(tab)),
      this.remote,
    )
    for (const listener of [...this.#listeners]) listener()
  }

  #tellPresence(): void {
    // While one device takes the place of another, others go on with what they have.
    const isOn = (what: 'microphone' | 'camera' | 'screen') => {
      const { kind } = this.self[what]
      return kind === 'on' || (kind === 'starting' && this.#told?.[what] === true)
    }
    const flags = {
      microphone: isOn('microphone'),
      camera: isOn('camera'),
      screen: isOn('screen'),
      speaking: this.self.speaking,
      seals: this.#meeting !== undefined,
      steady: document.visibilityState === 'visible',
      sinceMs: this.#sinceMs,
      conducts: this.#meeting?.conducts ?? 0,
    }
    const call = this.state === 'in' ? flags : null
    if (JSON.stringify(call) === JSON.stringify(this.#told)) return
    this.#told = call
    this.#options.presence.setCall(call)
  }
}
