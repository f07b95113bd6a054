/** The shared screen, or what is given in its place, perhaps with its sound. It also ends by the browser's own button. */
import type { DeviceState } from '../../ports/asterism.ts'
import { SCREEN_REQUEST } from './constraints.ts'
import { failedState } from './device-source.ts'

export class ScreenSource {
  state: DeviceState = { kind: 'off' }
  track: MediaStreamTrack | undefined
  audioTrack: MediaStreamTrack | undefined
  readonly #devices: MediaDevices | undefined
  readonly #onChange: () => void
  #wish = 0

  constructor(devices: MediaDevices | undefined, onChange: () => void) {
    this.#devices = devices
    this.#onChange = onChange
  }

  /** Never rejects. Closing the browser's picker is a change of mind, not a failure. */
  async start(): Promise<void> {
    const wish = ++this.#wish
    this.#letGo()
    this.#become({ kind: 'starting' })
    try {
      const stream = await getDisplay(this.#devices)
      if (wish === this.#wish) this.#take(stream, 'detail')
      else for (const track of stream.getTracks()) track.stop()
    } catch (error) {
      if (wish === this.#wish) this.#become(isChangeOfMind(error) ? { kind: 'off' } : failedState(error))
    }
  }

  /** Instead of a screen: what a program sends, a canvas. They end when something else is shared. */
  share(stream: MediaStream): void {
    this.#wish++
    this.#letGo()
    this.#take(stream, 'motion')
  }

  stop(): void {
    this.#wish++
    this.#letGo()
    this.#become({ kind: 'off' })
  }

  /** Of a screen sharp text comes before smooth motion. */
  #take(stream: MediaStream, hint: 'detail' | 'motion'): void {
    const [track] = stream.getVideoTracks()
    this.track = track
    this.audioTrack = stream.getAudioTracks()[0]
    if (track !== undefined) {
      track.contentHint = hint
      track.onended = () => this.stop()
    }
    this.#become({ kind: 'on' })
  }

  #letGo(): void {
    for (const track of [this.track, this.audioTrack]) {
      if (track === undefined) continue
      track.onended = null
      track.stop()
    }
    this.track = undefined
    this.audioTrack = undefined
  }

  #become(state: DeviceState): void {
    this.state = state
    this.#onChange()
  }
}

async function getDisplay(devices: MediaDevices | undefined): Promise<MediaStream> {
  if (devices?.getDisplayMedia === undefined) throw new DOMException('this browser shares no screens', 'NotSupportedError')
  return devices.getDisplayMedia(SCREEN_REQUEST)
}

/** Chromium gives a denial by the operating system the same name, and says so in the message. */
function isChangeOfMind(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotAllowedError' && !/system/i.test(error.message)
}
