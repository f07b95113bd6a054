/** This tab's microphone, camera and screen, which devices were chosen for them, and how loud the microphone is. */
import type { DeviceState, MediaDevice, MediaWish, SelfMedia } from '../../ports/asterism.ts'
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
    const offer = (state: DeviceState, track: MediaStreamTrack | undefined) => track ?? (state.kind === 'starting' ? undefined : null)
    return {
      microphone: offer(this.#microphone.state, this.#through(this.#microphone.track)),
      camera: offer(this.#camera.state, this.#through(this.#camera.track)),
      screen: offer(this.screen.state, this.screen.track),
      'screen-audio': offer(this.screen.state, this.screen.audioTrack),
    }
  }

  /** Both are asked for together, so that the browser asks once; and apart when that fails, since one may still work. */
  async start(want: MediaWish): Promise<void> {
    if (want.microphone) this.#microphone.setEnabled(true)
    const needsMicrophone = want.microphone && this.#microphone.track === undefined
    const needsCamera = want.camera && this.#camera.track === undefined
    const both = needsMicrophone && needsCamera ? this.#openBoth() : undefined
    const [device, camera] = [ideal(this.#chosen.microphone), ideal(this.#chosen.camera)]
    await Promise.all([
      needsMicrophone && this.#microphone.start(() => either(both?.microphone, () => this.#openMicrophone(device))),
      needsCamera && this.#camera.start(() => either(both?.camera, () => this.#openCamera(camera))),
    ])
    await this.refresh()
  }

  /** Unmuting must not cost the first words, so the device stays open. */
  mute(): void {
    if (this.#microphone.track === undefined) this.#microphone.stop()
    else this.#microphone.setEnabled(false)
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
    if (kind === 'camera' && isWanted(this.#camera)) await this.#camera.start(() => this.#openCamera(exactly))
    if (kind === 'microphone') await this.#reopenMicrophone(exactly)
  }

  async #reopenMicrophone(device: ConstrainDOMString | undefined): Promise<void> {
    if (!isWanted(this.#microphone)) return
    const isMuted = this.#microphone.state.kind === 'off'
    await this.#microphone.start(() => this.#openMicrophone(device), !isMuted)
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

  /** Loaded when it first happens. Without it a press brings the device back. */
  #lost(what: 'microphone' | 'camera', source: DeviceSource, track: MediaStreamTrack): void {
    const { devices, onReplaced } = this.#parts
    const open = (device: ConstrainDOMString | undefined) => (what === 'camera' ? this.#openCamera(device) : this.#openMicrophone(device))
    if (devices === undefined) return
    import('./regain-device.ts')
      .then(({ regainDevice }) => regainDevice({ what, source, track, devices, open, onReplaced }))
      .catch(() => {})
  }

  #openBoth(): { microphone: Promise<MediaStreamTrack>; camera: Promise<MediaStreamTrack> } {
    const audio = this.#microphoneWanted(ideal(this.#chosen.microphone))
    const video = cameraConstraints(ideal(this.#chosen.camera))
    const stream = this.#open({ audio, video })
    return { microphone: stream.then((both) => first(both.getAudioTracks())), camera: stream.then((both) => first(both.getVideoTracks())) }
  }

  #microphoneWanted(device: ConstrainDOMString | undefined): MediaTrackConstraints {
    return microphoneConstraints(device, this.#chosen.noise === 'off')
  }

  async #openMicrophone(device: ConstrainDOMString | undefined): Promise<MediaStreamTrack> {
    return first((await this.#open({ audio: this.#microphoneWanted(device) })).getTracks())
  }

  async #openCamera(device: ConstrainDOMString | undefined): Promise<MediaStreamTrack> {
    return first((await this.#open({ video: cameraConstraints(device) })).getTracks())
  }

  #changed(): void {
    this.#effects.follow?.(this.#chosen, { microphone: this.#microphone.track, camera: this.#camera.track })
    this.#meter.listenTo(this.#microphone.isOn ? this.#through(this.#microphone.track) : undefined)
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

function isWanted({ state, track }: DeviceSource): boolean {
  return track !== undefined || state.kind === 'starting' || state.kind === 'failed'
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
