/**
 * A camera or a microphone of this device: one track at a time, and a state that says honestly what became of the last
 * wish. A wish overtaken by a newer one leaves nothing running.
 */
import { type DeviceErrorCode, deviceErrorCode } from '../../core/call/device-error.ts'
import type { DeviceState } from '../../ports/asterism.ts'
import { ERROR_SENTENCES } from '../../protocol/errors.ts'

type OpenTrack = () => Promise<MediaStreamTrack>

export class DeviceSource {
  state: DeviceState = { kind: 'off' }
  track: MediaStreamTrack | undefined
  isOpening = false
  /** Also of a device that is on its way, or was lost: whichever comes stays silent. */
  isMuted = false
  readonly #onChange: () => void
  readonly #onLost: (track: MediaStreamTrack) => void
  #wish = 0

  /** `onLost`: the browser ended the track, since the device was unplugged or taken away. */
  constructor(onChange: () => void, onLost: (track: MediaStreamTrack) => void) {
    this.#onChange = onChange
    this.#onLost = onLost
  }

  /** Another one with everything the person or the call wants of it. */
  get wish(): number {
    return this.#wish
  }

  get isWanted(): boolean {
    return this.track !== undefined || this.isOpening || this.state.kind === 'failed'
  }

  /** Never rejects: what went wrong is the state. A track that runs is stopped first, since some cameras open only once. */
  async start(open: OpenTrack, isMuted = false): Promise<void> {
    const wish = ++this.#wish
    this.#letGo()
    this.isMuted = isMuted
    this.#become({ kind: isMuted ? 'off' : 'starting' }, true)
    try {
      const track = await open()
      if (wish === this.#wish) this.#take(track)
      else track.stop()
    } catch (error) {
      if (wish === this.#wish) this.#become(failedState(error))
    }
  }

  /** Silent at once, and back as fast: the device stays open and the track stays on the wire. */
  mute(isMuted: boolean): void {
    if (this.track === undefined || this.isMuted === isMuted) return
    this.isMuted = isMuted
    this.track.enabled = !isMuted
    this.#become({ kind: isMuted ? 'off' : 'on' })
  }

  fail(code: DeviceErrorCode): void {
    this.#become(failed(code))
  }

  stop(): void {
    this.#wish++
    this.#letGo()
    this.isMuted = false
    this.#become({ kind: 'off' })
  }

  #take(track: MediaStreamTrack): void {
    this.track = track
    track.enabled = !this.isMuted
    track.onended = () => {
      if (this.track !== track) return
      this.#letGo()
      this.fail('device-lost')
      this.#onLost(track)
    }
    this.#become({ kind: this.isMuted ? 'off' : 'on' })
  }

  #letGo(): void {
    const { track } = this
    this.track = undefined
    if (track === undefined) return
    track.onended = null
    track.stop()
  }

  #become(state: DeviceState, isOpening = false): void {
    this.state = state
    this.isOpening = isOpening
    this.#onChange()
  }
}

export function failedState(error: unknown): DeviceState {
  return failed(deviceErrorCode(error instanceof Error ? error.name : ''))
}

function failed(code: DeviceErrorCode): DeviceState {
  return { kind: 'failed', code, text: ERROR_SENTENCES[code] }
}
