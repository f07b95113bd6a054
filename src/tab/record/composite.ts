/**
 * All of the call as one picture and one sound, made on this device: for a recording, and for players that take one stream.
 * It follows who comes and goes, who speaks and what is shared. Full pictures are asked for only where they are drawn large,
 * beside what the stage asks for. Who wants the same picture gets the same one, which goes on until the last of them closes.
 */

import { recentSpeakers } from '../../core/call/recent-speakers.ts'
import { nameAmong } from '../../core/companion/one-person.ts'
import { arrangePicture, widthOf } from '../../core/record/arrange-picture.ts'
import { chooseLarge, type Large, NOBODY_LARGE } from '../../core/record/choose-large.ts'
import type { Composite } from '../../ports/tools.ts'
import type { PictureTile } from '../../protocol/composite-worker.ts'
import type { Show } from '../../protocol/control.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { TabId } from '../../protocol/ids.ts'
import { canTurnTracks } from '../meeting/tracks-and-frames.ts'
import type { ToolParts } from '../tools/parts.ts'
import { PictureWorker } from './picture-worker.ts'
import type { ShowPlayer } from './show-player.ts'
import { SoundMix } from './sound-mix.ts'
import { type There, whoIsThere } from './who-is-there.ts'

/** Changes that come together are followed together; who stands large is looked at this often anyway. */
const SOON_MS = 50
const LOOK_MS = 500

export type CompositeOptions = { readonly heightPx: number; readonly fps: number }
type Shape = { readonly width: number; readonly height: number; readonly fps: number }

/** Throws `browser-lacking`. It lives until it is closed, or the room is left; its tracks are its own, and nothing comes over them after that. */
export async function openComposite(parts: ToolParts, { heightPx, fps }: CompositeOptions): Promise<Composite> {
  if (!canTurnTracks()) throw new RoomError('browser-lacking', 'tracks as frames')
  const key = `composite ${heightPx} ${fps}`
  const { one, letGo } = parts.composites.take(
    key,
    () => new CallComposite(parts, { width: widthOf(heightPx), height: heightPx, fps }, key),
  )
  const [video, audio] = [one.video.clone(), one.audio.clone()]
  const close = () => {
    video.stop()
    audio.stop()
    letGo()
  }
  return { video, audio, close }
}

class CallComposite implements Composite {
  readonly video: MediaStreamTrack
  readonly audio: MediaStreamTrack
  readonly #parts: ToolParts
  readonly #asksAs: string
  readonly #size: { readonly width: number; readonly height: number }
  readonly #picture: PictureWorker
  readonly #sound = new SoundMix()
  readonly #stops: (() => void)[]
  #cancel = () => {}
  #isSoon = false
  #large: Large = NOBODY_LARGE
  #spoke: readonly TabId[] = []
  #asked = ''
  #show: ShowPlayer | undefined
  #loading: Promise<void> | undefined
  /** While another camera of this tab takes its place, its last picture stays, as others see it. */
  #ownCamera: MediaStreamTrack | undefined

  /** `asksAs`: by which name it says what it looks at, as there may be others. */
  constructor(parts: ToolParts, shape: Shape, asksAs: string) {
    this.#parts = parts
    this.#asksAs = asksAs
    this.#size = { width: shape.width, height: shape.height }
    this.#picture = new PictureWorker(shape)
    this.video = this.#picture.track
    this.audio = this.#sound.track
    const changed = () => this.#soon()
    this.#stops = [parts.call.subscribe(changed), parts.session.subscribe(changed)]
    parts.signal.addEventListener('abort', this.close, { once: true })
    this.#follow()
  }

  readonly close = (): void => {
    this.#cancel()
    for (const stop of this.#stops.splice(0)) stop()
    this.#parts.signal.removeEventListener('abort', this.close)
    this.#parts.call.setVisible([], this.#asksAs)
    this.#picture.close()
    this.#show?.close()
    this.#sound.close()
  }

  #soon(): void {
    // A voice that is for one alone from now on is in no other sound any more.
    this.#hear(whoIsThere(this.#parts))
    if (this.#isSoon) return
    this.#isSoon = true
    this.#cancel()
    this.#cancel = this.#parts.clock.after(SOON_MS, () => this.#follow())
  }

  #follow(): void {
    this.#isSoon = false
    const people = whoIsThere(this.#parts)
    this.#hear(people)
    this.#see(people)
    this.#cancel = this.#parts.clock.after(LOOK_MS, () => this.#follow())
  }

  #hear(people: readonly There[]): void {
    this.#sound.follow(people.flatMap(({ sounds }) => sounds))
  }

  #see(people: readonly There[]): void {
    const { call, session, clock } = this.#parts
    const { camera, cameraTrack } = call.self
    if (cameraTrack !== undefined || camera.kind !== 'starting') this.#ownCamera = cameraTrack
    const seen = people.filter(({ isHidden }) => !isHidden).map(({ tab }) => tab)
    const speaking = people.filter(({ isSpeaking }) => isSpeaking).map(({ tab }) => tab)
    this.#spoke = recentSpeakers(this.#spoke, speaking, new Set(seen))
    this.#large = chooseLarge(
      this.#large,
      seen,
      speaking.filter((tab) => seen.includes(tab)),
      clock.monotonicMs(),
    )
    const { participants, watch } = session.state
    const shower = participants.find(({ device }) => device === watch?.by)
    this.#watch(watch)
    const show = watch && shower && { ...watch, name: nameAmong(shower, participants), tab: shower.tabs[0] as TabId }
    const large = [this.#large.tab, this.#large.former].filter((tab) => tab !== undefined)
    const arranged = arrangePicture({ ...session.state, people, show, large, spoke: this.#spoke }, this.#size)
    const tiles = (show && this.#show?.lay(arranged, show, people)) ?? arranged
    const byTab = new Map(people.map((one) => [one.tab, one]))
    this.#picture.show(tiles.map((tile) => ({ ...tile, track: this.#trackOf(tile, byTab.get(tile.tab)) })))
    this.#askFor(tiles)
  }

  /** What it takes to watch is loaded with the first show; it begins with the next look. */
  #watch(show: Show | undefined): void {
    this.#show?.follow(show)
    if (show === undefined) return
    this.#loading ??= import('./show-player.ts')
      .then(({ ShowPlayer }) => {
        this.#show = new ShowPlayer(this.#parts, this.#sound, () => this.#see(whoIsThere(this.#parts)))
      })
      .catch((error: unknown) => console.warn('asterism: what is watched is not in the picture', error))
  }

  #askFor(tiles: readonly PictureTile[]): void {
    const others = tiles.filter(({ tab }) => tab !== this.#parts.presence.self.tab)
    const wanted = others.flatMap(({ tab, view, height }) =>
      view === 'camera' || view === 'screen' ? [{ tab, view, heightPx: height }] : [],
    )
    const said = JSON.stringify(wanted)
    if (said === this.#asked) return
    this.#asked = said
    this.#parts.call.setVisible(wanted, this.#asksAs)
  }

  #trackOf({ view }: PictureTile, person: There | undefined): MediaStreamTrack | undefined {
    if (view === 'text') return undefined
    if (view === 'show') return this.#show?.track
    if (view === 'screen') return person?.screen
    const isExchanged = person?.hasCamera === true && person.tab === this.#parts.presence.self.tab
    return person?.camera ?? (isExchanged ? this.#ownCamera : undefined)
  }
}
