/** What this tab gives the worker to send: frames of its camera and screen, and its voices. */
import { cameraFps } from '../../core/call/layer-profiles.ts'
import type { OutgoingTracks } from '../../ports/meeting.ts'
import type { Layer } from '../../protocol/media.ts'
import type { LayerProfile, MediaNews, View, VoiceLayer } from '../../protocol/media-worker.ts'
import type { MediaWorker } from './media-worker.ts'
import { Mirror } from './mirror.ts'
import type { OwnEncoders } from './own-encoders.ts'
import { PacedCamera } from './paced-camera.ts'
import { framesOf } from './tracks-and-frames.ts'

const VIEWS = ['camera', 'screen'] as const
const VOICES: readonly (readonly [VoiceLayer, 'microphone' | 'screen-audio'])[] = [
  ['audio', 'microphone'],
  ['screen-audio', 'screen-audio'],
]

export class OwnMedia {
  readonly #media: MediaWorker
  readonly #encoders: OwnEncoders
  readonly #sent = new Map<View, MediaStreamTrack>()
  readonly #isOpen = new Map<VoiceLayer, boolean>()
  readonly mirror: Mirror
  profiles: readonly LayerProfile[] = []
  #camera: PacedCamera | undefined
  #watched: readonly Layer[] = []

  /** `signal` ends what is sent. */
  constructor(media: MediaWorker, encoders: OwnEncoders, signal: AbortSignal) {
    this.#media = media
    this.#encoders = encoders
    this.mirror = new Mirror(media)
    signal.addEventListener('abort', () => this.#stopCamera())
  }

  get sendsCamera(): boolean {
    return this.#sent.has('camera')
  }

  /** How its pictures are encoded. */
  setProfiles(layers: readonly LayerProfile[]): void {
    if (layers === this.profiles) return
    this.profiles = layers
    this.#media.post({ t: 'profile', layers })
    this.#pace()
  }

  hear(news: MediaNews): void {
    if (news.t !== 'watched') return
    this.#watched = news.layers
    this.#pace()
  }

  /** Of screens all pictures are of one kind, which encoders take. */
  refusedBy(news: MediaNews): MediaStreamTrack | undefined {
    const camera = this.#sent.get('camera')
    return news.t === 'refused' && news.track === camera?.id ? camera : undefined
  }

  /** undefined leaves what is there: a device is just being changed. `isVoiceSent`: otherwise the microphone stays open and nothing leaves. */
  send(tracks: OutgoingTracks, isVoiceSent: boolean): void {
    for (const view of VIEWS) this.#show(view, tracks[view])
    for (const [layer, kind] of VOICES) this.#speak(layer, tracks[kind], layer !== 'audio' || isVoiceSent)
  }

  #show(view: View, track: MediaStreamTrack | null | undefined): void {
    const before = this.#sent.get(view)
    if (track === undefined || track === (before ?? null)) return
    if (before !== undefined) this.#media.post({ t: 'unpublish', what: view })
    this.#sent.delete(view)
    if (view === 'camera') this.#stopCamera()
    if (track === null) return
    this.#sent.set(view, track)
    this.#media.post({ t: 'publish', view, frames: view === 'camera' ? this.#paced(track) : framesOf(track), track: track.id })
  }

  #paced(track: MediaStreamTrack): ReadableStream<VideoFrame> {
    this.#camera = new PacedCamera(track)
    this.#pace()
    return this.#camera.frames
  }

  #stopCamera(): void {
    this.#camera?.stop()
    this.#camera = undefined
  }

  #pace(): void {
    this.#camera?.pace(cameraFps(this.profiles, this.#watched))
  }

  #speak(layer: VoiceLayer, track: MediaStreamTrack | null | undefined, isSent: boolean): void {
    if (track === undefined) return
    // Rejects only when the connection is closed meanwhile.
    this.#encoders.setVoice(layer, track).catch(() => {})
    const isOpen = isSent && track?.enabled === true
    if (this.#isOpen.get(layer) === isOpen) return
    this.#isOpen.set(layer, isOpen)
    this.#media.post({ t: 'voice', layer, isOpen })
  }
}
