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
  readonly #onChange: () => void
  readonly #onLost: (track: MediaStreamTrack) => void
  #wish = 0

  /** `onLost`: the browser ended the track, since the device was unplugged or taken away. */
  constructor(onChange: () => void, onLost: (track: MediaStreamTrack) => void) {
    this.#onChange = onChange
    this.#onLost = onLost
  }

  get isOn(): boolean {
    return this.state.kind === 'on'
  }

  /** Another one with everything the person or the call wants of it. */
  get wish(): number {
    return this.#wish
  }

  /** Never rejects: what went wrong is the state. A track that runs is stopped first, since some cameras open only once. */
  async start(open: OpenTrack, enabled = true): Promise<void> {
    const wish = ++this.#wish
    this.#letGo()
    this.#become({ kind: 'starting' })
    try {
      const track = await open()
      if (wish === this.#wish) this.#take(track, enabled)
      else track.stop()
    } catch (error) {
      if (wish === this.#wish) this.#become(failedState(error))
    }
  }

  /** Silent or black at once, and back as fast: the device stays open and the track stays on the wire. */
  setEnabled(on: boolean): void {
    if (this.track === undefined || this.track.enabled === on) return
    this.track.enabled = on
    this.#become({ kind: on ? 'on' : 'off' })
  }

  fail(code: DeviceErrorCode): void {
    this.#become(failed(code))
  }

  stop(): void {
    this.#wish++
    this.#letGo()
    this.#become({ kind: 'off' })
  }

  #take(track: MediaStreamTrack, enabled: boolean): void {
    this.track = track
    track.enabled = enabled
    track.onended = () => {
      if (this.track !== track) return
      this.#letGo()
      this.fail('device-lost')
      this.#onLost(track)
    }
    this.#become({ kind: enabled ? 'on' : 'off' })
  }

  #letGo(): void {
    const { track } = this
    this.track = undefined
    if (track === undefined) return
    track.onended = null
    track.stop()
  }

  #become(state: DeviceState): void {
    this.state = state
    this.#onChange()
  }
}

export function failedState(error: unknown): DeviceState {
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : ''
  return failed(deviceErrorCode(name))
}

function failed(code: DeviceErrorCode): DeviceState {
  return { kind: 'failed', code, text: ERROR_SENTENCES[code] }
}
