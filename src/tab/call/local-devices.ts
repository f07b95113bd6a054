/** This tab's microphone, camera and screen, which devices were chosen for them, and how loud the microphone is. */
import type { MediaDevice, MediaWish, SelfMedia } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { EffectState, Effects, EffectsWish, TrackEffects } from '../../ports/effects.ts'
import type { OutgoingTracks } from '../../ports/meeting.ts'
import { ERROR_SENTENCES } from '../../protocol/errors.ts'
import { cameraConstraints, microphoneConstraints } from './constraints.ts'
import { DeviceSource } from './device-source.ts'
import { LevelMeter } from './level-meter.ts'
import { listDevices } from './list-devices.ts'
import { ScreenSource } from './screen-source.ts'

type ChosenDevices = SelfMedia['chosen']
export type Choice = ChosenDevices & EffectsWish

export type DeviceMemory = { load(): Choice | undefined; save(choice: Choice): void }

export type LocalDevicesParts = {
  /** undefined where the page is no secure context. */
  readonly devices: MediaDevices | undefined
  readonly clock: Clock
  readonly remember: DeviceMemory | undefined
  readonly onChange: () => void
  /** One that was unplugged has another in its place. */
  readonly onReplaced: () => void
  /** Loads what is done to sound and picture; rejects where it cannot be loaded. */
  readonly openEffects: (onChange: () => void) => Promise<TrackEffects>
}

const NO_CHOICE: Choice = { microphone: '', camera: '', speaker: '', noise: 'off', background: 'none' }
const both = (state: EffectState): Effects['states'] => ({ noise: state, background: state })

export class LocalDevices {
  readonly screen: ScreenSource
  list: readonly MediaDevice[] = []
  readonly #parts: LocalDevicesParts
  readonly #microphone: DeviceSource
  readonly #camera: DeviceSource
  readonly #meter: LevelMeter
  #chosen: Choice
  #effects: Pick<TrackEffects, 'states'> & Partial<TrackEffects> = { states: both({ kind: 'off' }) }
  #opening: Promise<void> | undefined

  constructor(parts: LocalDevicesParts) {
    this.#parts = parts
    this.#chosen = parts.remember?.load() ?? NO_CHOICE
    this.#meter = new LevelMeter(parts.clock, parts.onChange)
    const changed = () => this.#changed()
    this.#microphone = new DeviceSource(changed, (track) => this.#lost('microphone', this.#microphone, track))
    this.#camera = new DeviceSource(changed, (track) => this.#lost('camera', this.#camera, track))
    this.screen = new ScreenSource(parts.devices, changed)
  }

  get self(): SelfMedia {
    const { level, isSpeaking } = this.#meter.voice
    return {
      microphone: this.#microphone.state,
      camera: this.#camera.state,
      screen: this.screen.state,
      cameraTrack: this.#through(this.#camera.track),
      screenTrack: this.screen.track,
      microphoneTrack: this.#through(this.#microphone.track),
      screenAudioTrack: this.screen.audioTrack,
      level,
      speaking: isSpeaking,
      chosen: this.#chosen,
    }
  }

  /** A track that is being exchanged is left on the wire until the new one is there. */
  get outgoing(): OutgoingTracks {
    const offer = (isOpening: boolean, track: MediaStreamTrack | undefined) => track ?? (isOpening ? undefined : null)
    const isPicking = this.screen.state.kind === 'starting'
    return {
      microphone: offer(this.#microphone.isOpening, this.#through(this.#microphone.track)),
      camera: offer(this.#camera.isOpening, this.#through(this.#camera.track)),
      screen: offer(isPicking, this.screen.track),
      'screen-audio': offer(isPicking, this.screen.audioTrack),
    }
  }

  /** Both are asked for together, so that the browser asks once; and apart when that fails, since one may still work. */
  async start(want: MediaWish): Promise<void> {
    if (want.microphone) this.#microphone.mute(false)
    const needsMicrophone = want.microphone && this.#microphone.track === undefined
    const needsCamera = want.camera && this.#camera.track === undefined
    const [device, camera] = [ideal(this.#chosen.microphone), ideal(this.#chosen.camera)]
    const both =
      needsMicrophone && needsCamera ? this.#open({ audio: this.#microphoneWanted(device), video: cameraConstraints(camera) }) : undefined
    await Promise.all([
      needsMicrophone && this.#microphone.start(() => this.#openMicrophone(device, both)),
      needsCamera && this.#camera.start(() => this.#openCamera(camera, both)),
    ])
    await this.refresh()
  }

  /** Unmuting must not cost the first words, so the device stays open. */
  mute(): void {
    if (this.#microphone.track === undefined) this.#microphone.stop()
    else this.#microphone.mute(true)
  }

  stop(what: MediaWish): void {
    if (what.microphone) this.#microphone.stop()
    if (what.camera) this.#camera.stop()
  }

  async choose(kind: keyof ChosenDevices, deviceId: string): Promise<void> {
    this.#chosen = { ...this.#chosen, [kind]: deviceId }
    this.#parts.remember?.save(this.#chosen)
    this.#parts.onChange()
    const exactly = deviceId === '' ? undefined : { exact: deviceId }
    if (kind === 'camera' && this.#camera.isWanted) await this.#camera.start(() => this.#openCamera(exactly))
    if (kind === 'microphone') await this.#reopenMicrophone(exactly)
  }

  async #reopenMicrophone(device: ConstrainDOMString | undefined): Promise<void> {
    const { isWanted, isMuted } = this.#microphone
    if (isWanted) await this.#microphone.start(() => this.#openMicrophone(device), isMuted)
  }

  get effects(): Effects {
    const { noise, background } = this.#chosen
    return { noise, background, states: this.#effects.states }
  }

  async setEffects(change: Partial<EffectsWish>): Promise<void> {
    const before = this.#chosen.noise
    this.#chosen = { ...this.#chosen, ...change }
    this.#parts.remember?.save(this.#chosen)
    await this.#openEffects()
    // Browsers do not put their own filter aside while a microphone runs.
    if (this.#chosen.noise !== before) await this.#reopenMicrophone(ideal(this.#chosen.microphone))
    this.#changed()
  }

  async refresh(): Promise<void> {
    this.list = await listDevices(this.#parts.devices)
    this.#parts.onChange()
  }

  devicesChanged(): void {
    void this.refresh()
    if (this.#microphone.track === undefined) return
    const open = () => this.#openMicrophone('default')
    whenLoaded(({ followDefault }) => followDefault(this.#microphone, this.#parts.devices, open))
  }

  /** Of the camera that is sent no encoder takes a picture. */
  refuse(track: MediaStreamTrack | undefined): void {
    if (track === undefined || track !== this.#through(this.#camera.track)) return
    this.#camera.stop()
    this.#camera.fail('device-unsendable')
  }

  #lost(what: 'microphone' | 'camera', source: DeviceSource, track: MediaStreamTrack): void {
    const open = (device: ConstrainDOMString | undefined) => (what === 'camera' ? this.#openCamera(device) : this.#openMicrophone(device))
    whenLoaded(({ regainDevice }) => regainDevice({ ...this.#parts, what, source, track, open }))
  }

  #microphoneWanted(device: ConstrainDOMString | undefined): MediaTrackConstraints {
    return microphoneConstraints(device, this.#chosen.noise === 'off')
  }

  async #openMicrophone(device: ConstrainDOMString | undefined, both?: Promise<MediaStream>): Promise<MediaStreamTrack> {
    return first((await either(both, () => this.#open({ audio: this.#microphoneWanted(device) }))).getAudioTracks())
  }

  async #openCamera(device: ConstrainDOMString | undefined, both?: Promise<MediaStream>): Promise<MediaStreamTrack> {
    return first((await either(both, () => this.#open({ video: cameraConstraints(device) }))).getVideoTracks())
  }

  #changed(): void {
    this.#effects.follow?.(this.#chosen, { microphone: this.#microphone.track, camera: this.#camera.track })
    this.#meter.listenTo(this.#microphone.state.kind === 'on' ? this.#through(this.#microphone.track) : undefined)
    this.#parts.onChange()
  }

  #through(track: MediaStreamTrack | undefined): MediaStreamTrack | undefined {
    return track && (this.#effects.through?.(track) ?? track)
  }

  /** Nothing is loaded before it is wished. Without it the call goes on. */
  #openEffects(): Promise<void> | undefined {
    if (this.#chosen.noise === 'off' && this.#chosen.background === 'none') return this.#opening
    this.#opening ??= this.#parts
      .openEffects(() => this.#changed())
      .then((effects) => {
        this.#effects = effects
      })
      .catch(() => {
        this.#opening = undefined
        this.#effects = { states: both({ kind: 'failed', text: ERROR_SENTENCES['effect-failed'] }) }
      })
    return this.#opening
  }

  /** Effects come first: nobody shall see for a moment what is to be blurred. */
  async #open(constraints: MediaStreamConstraints): Promise<MediaStream> {
    const { devices } = this.#parts
    await this.#openEffects()
    if (devices === undefined) throw new DOMException('no secure context', 'NotSupportedError')
    return devices.getUserMedia(constraints)
  }
}

/** What follows a change is loaded when it first happens; without it a press brings a device back. */
function whenLoaded(follow: (changing: typeof import('./changing-device.ts')) => Promise<void>): void {
  import('./changing-device.ts').then(follow).catch(() => {})
}

/** Remembered devices may be gone; any other is better than none. */
function ideal(deviceId: string): ConstrainDOMString | undefined {
  return deviceId === '' ? undefined : { ideal: deviceId }
}

function either<T>(together: Promise<T> | undefined, alone: () => Promise<T>): Promise<T> {
  return together === undefined ? alone() : together.catch(alone)
}

function first(tracks: readonly MediaStreamTrack[]): MediaStreamTrack {
  const [track] = tracks
  if (track === undefined) throw new DOMException('no track came', 'NotFoundError')
  return track
}
