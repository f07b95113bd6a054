/** One device and the filter before it: made when it is wished and the device is open, gone with either. */
import type { EffectState } from '../../ports/effects.ts'
import { ERROR_SENTENCES } from '../../protocol/errors.ts'
import type { Filter, FilterNews, StartFilter } from './filter.ts'

const OFF: EffectState = { kind: 'off' }

export class FilteredDevice {
  state: EffectState = OFF
  readonly #start: StartFilter
  readonly #onChange: (news: FilterNews) => void
  #track: MediaStreamTrack | undefined
  #filter: Filter | undefined
  /** News of a filter that is gone come late, perhaps of the same track. */
  #turn = 0

  constructor(start: StartFilter, onChange: (news: FilterNews) => void) {
    this.#start = start
    this.#onChange = onChange
  }

  follow(isWished: boolean, track: MediaStreamTrack | undefined): void {
    if (!isWished) this.#change(OFF, undefined)
    // What failed once fails again and again: it waits for a new wish.
    else if (this.state.kind !== 'failed' && track !== this.#track) this.#change(track === undefined ? OFF : { kind: 'starting' }, track)
    const out = this.#filter?.out
    if (out !== undefined && track !== undefined) out.enabled = track.enabled
  }

  through(track: MediaStreamTrack): MediaStreamTrack {
    return (track === this.#track ? this.#filter?.out : undefined) ?? track
  }

  #change(state: EffectState, track: MediaStreamTrack | undefined): void {
    this.#filter?.close()
    this.#filter = undefined
    this.state = state
    this.#track = track
    const turn = ++this.#turn
    if (track !== undefined) this.#filter = this.#start(track, (news) => turn === this.#turn && this.#hear(news))
  }

  #hear(news: FilterNews): void {
    if (news.kind === 'on') this.state = { kind: 'on' }
    else this.#change({ kind: 'failed', text: ERROR_SENTENCES[news.code] }, undefined)
    this.#onChange(news)
  }
}
