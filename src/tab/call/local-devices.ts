/** This tab's microphone, camera and screen, which devices were chosen for them, and how loud the microphone is. */
import type { DeviceState, MediaDevice, MediaWish, SelfMedia } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { OutgoingTracks } from '../../ports/meeting.ts'
import { cameraConstraints, microphoneConstraints } from './constraints.ts'
import { DeviceSource } from './device-source.ts'
import { LevelMeter } from './level-meter.ts'
import { listDevices } from './list-devices.ts'
import { ScreenSource } from './screen-source.ts'

export type ChosenDevices = SelfMedia['chosen']

export type DeviceMemory = { load(): ChosenDevices | undefined; save(chosen: ChosenDevices): void }

export type LocalDevicesParts = {
  /** undefined where the page is no secure context. */
  readonly devices: MediaDevices | undefined
  readonly clock: Clock
  readonly remember: DeviceMemory | undefined
  readonly onChange: () => void
  readonly onLost: (what: 'microphone' | 'camera') => void
}

const NO_CHOICE: ChosenDevices = { microphone: '', camera: '', speaker: '' }

export class LocalDevices {
  readonly screen: ScreenSource
  list: readonly MediaDevice[] = []
  readonly #parts: LocalDevicesParts
  readonly #microphone: DeviceSource
  readonly #camera: DeviceSource
  readonly #meter: LevelMeter
  #chosen: ChosenDevices

  constructor(parts: LocalDevicesParts) {
    this.#parts = parts
    this.#chosen = parts.remember?.load() ?? NO_CHOICE
    this.#meter = new LevelMeter(parts.clock, parts.onChange)
    const changed = () => {
      this.#meter.listenTo(this.#microphone.isOn ? this.#microphone.track : undefined)
      parts.onChange()
    }
    // Unplugged in the middle: the browser's default takes over, if there is one.
    this.#microphone = new DeviceSource(changed, () => {
      parts.onLost('microphone')
      void this.#microphone.start(() => this.#openMicrophone(undefined))
    })
    this.#camera = new DeviceSource(changed, () => parts.onLost('camera'))
    this.screen = new ScreenSource(parts.devices, changed)
  }

  get self(): SelfMedia {
    const { level, isSpeaking } = this.#meter.voice
    return {
      microphone: this.#microphone.state,
      camera: this.#camera.state,
      screen: this.screen.state,
      cameraTrack: this.#camera.track,
      screenTrack: this.screen.track,
      microphoneTrack: this.#microphone.track,
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
      microphone: offer(this.#microphone.state, this.#microphone.track),
      camera: offer(this.#camera.state, this.#camera.track),
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
    if (kind !== 'microphone' || !isWanted(this.#microphone)) return
    const isMuted = this.#microphone.state.kind === 'off'
    await this.#microphone.start(() => this.#openMicrophone(exactly), !isMuted)
  }

  async refresh(): Promise<void> {
    this.list = await listDevices(this.#parts.devices)
    this.#parts.onChange()
  }

  #openBoth(): { microphone: Promise<MediaStreamTrack>; camera: Promise<MediaStreamTrack> } {
    const audio = microphoneConstraints(ideal(this.#chosen.microphone))
    const video = cameraConstraints(ideal(this.#chosen.camera))
    const stream = this.#open({ audio, video })
    return { microphone: stream.then((both) => first(both.getAudioTracks())), camera: stream.then((both) => first(both.getVideoTracks())) }
  }

  async #openMicrophone(device: ConstrainDOMString | undefined): Promise<MediaStreamTrack> {
    return first((await this.#open({ audio: microphoneConstraints(device) })).getTracks())
  }

  async #openCamera(device: ConstrainDOMString | undefined): Promise<MediaStreamTrack> {
    return first((await this.#open({ video: cameraConstraints(device) })).getTracks())
  }

  async #open(constraints: MediaStreamConstraints): Promise<MediaStream> {
    const { devices } = this.#parts
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
