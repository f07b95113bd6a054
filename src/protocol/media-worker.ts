/**
 * What a tab and its media worker say to each other. The worker has every frame, key and queue of the call; the tab has
 * what only a window has: connections, devices and elements. A hop is the pair with one other participant, named by that
 * one's media id.
 */
import type { Bytes } from './bytes.ts'
import type { Layer, MediaId, StreamId } from './media.ts'

/** A picture as people see it: the camera, by whichever of its layers is there, or the screen. */
export type View = 'camera' | 'screen'
export type VoiceLayer = Extract<Layer, 'audio' | 'screen-audio'>

export function isVoice(layer: Layer | VoiceLine): layer is VoiceLayer {
  return layer === 'audio' || layer === 'screen-audio'
}

/** Which picture a layer is of; undefined for voices. */
export function viewOf(layer: Layer): View | undefined {
  if (isVoice(layer)) return undefined
  return layer === 'screen' ? 'screen' : 'camera'
}

/** Lines on which a hop passes on voices of others, LOUDEST of them: whichever speak. */
export const SLOTS = ['slot-1', 'slot-2', 'slot-3'] as const
export type Slot = (typeof SLOTS)[number]

/** A line for one voice of the tab itself, or a slot. */
export type VoiceLine = VoiceLayer | Slot

/** The browser's own objects: `protocol` knows no browser. */
export type Transferred = { readonly channel: unknown; readonly readable: unknown; readonly writable: unknown }

/** Both ends of a sender's or receiver's encoded frames. */
export type EncodedStreams<B extends Transferred> = { readonly readable: B['readable']; readonly writable: B['writable'] }

export type Want = StreamId & {
  readonly parent: MediaId
  /** Asked when the parent is silent. */
  readonly standby: MediaId | undefined
  readonly maxTemporal: number
  /** Shown or heard here; otherwise only passed on. */
  readonly isShown: boolean
}

/** To the worker. */
export type MediaRequest<B extends Transferred> =
  | { readonly t: 'begin'; readonly self: MediaId; readonly forwards: number; readonly packetsPerSecond?: number }
  /** To how many others at a time it passes on one stream that is not its own; 0: to none. */
  | { readonly t: 'forwards'; readonly children: number }
  /** Frames of the tiny encoder, one of which becomes the envelope of everything sent by RTP. */
  | { readonly t: 'envelope'; readonly streams: EncodedStreams<B> }
  /** `first`: the carrier it begins with, by what is known of the network; the channel unless it is said. */
  | { readonly t: 'hop'; readonly hop: MediaId; readonly channel: B['channel']; readonly first?: Carrier }
  | { readonly t: 'hop-closed'; readonly hop: MediaId }
  /** How long the way of a hop is at its shortest, and now, whenever either is another. */
  | { readonly t: 'way'; readonly hop: MediaId; readonly rttMs: number; readonly nowMs: number }
  /** What the engine thinks that a hop's pipe carries. */
  | { readonly t: 'room'; readonly hop: MediaId; readonly kbps: number }
  /** RTP as a carrier for any frame. Its receiving end comes as a transform `{ kind: 'pipe', hop }`. */
  | { readonly t: 'pipe'; readonly hop: MediaId; readonly streams: EncodedStreams<B> }
  /** Where voices leave to a hop. Its receiving end comes as a transform `{ kind: 'voice', hop, line }`. */
  | { readonly t: 'voice-line'; readonly hop: MediaId; readonly line: VoiceLine; readonly streams: EncodedStreams<B> }
  /** Frames of the one encoder of this tab's voice; taken off with `unpublish`. */
  | { readonly t: 'publish-voice'; readonly layer: VoiceLayer; readonly streams: EncodedStreams<B> }
  /** `track`: a name for it, by which it is told of. */
  | { readonly t: 'publish'; readonly view: View; readonly frames: B['readable']; readonly track: string }
  | { readonly t: 'unpublish'; readonly what: View | VoiceLayer }
  /** Whether this tab's voice may leave: muted is enforced here. */
  | { readonly t: 'voice'; readonly layer: VoiceLayer; readonly isOpen: boolean }
  /** How this tab's camera is encoded; layers nobody subscribes to are not encoded at all. */
  | { readonly t: 'profile'; readonly layers: readonly LayerProfile[] }
  /** A few envelopes are written to it; when they come as a transform `{ kind: 'test' }`, this engine can forward: `tested`. */
  | { readonly t: 'test'; readonly streams: EncodedStreams<B> }
  /** Seals these layers from now on; others stay with the key they have. A screen shown to few has a key of its own. */
  | { readonly t: 'own-key'; readonly generation: number; readonly secret: Bytes; readonly layers: readonly Layer[] }
  /** Streams that a moderator hushed, or of somebody removed: neither seen nor heard here, nor passed on. Takes the place of what was said before. */
  | { readonly t: 'hush'; readonly hushed: readonly StreamId[] }
  /** Who waits or was removed: sent nothing, whatever they ask for. Takes the place of what was said before. */
  | { readonly t: 'bar'; readonly hops: readonly MediaId[] }
  | { readonly t: 'key'; readonly source: MediaId; readonly generation: number; readonly secret: Bytes }
  /** Everything this tab takes, from whom; takes the place of what was said before. */
  | { readonly t: 'wants'; readonly wants: readonly Want[] }
  /** Where the frames of a picture go; closed when the picture is not wanted any more. */
  | { readonly t: 'sink'; readonly source: MediaId; readonly view: View; readonly frames: B['writable'] }
  | { readonly t: 'unsink'; readonly source: MediaId; readonly view: View }
  /** Where copies of this tab's camera go, for its own screen; takes the place of the one before. Undefined: none any more. */
  | { readonly t: 'mirror'; readonly frames: B['writable'] | undefined }
  | { readonly t: 'end' }

export type LayerProfile = {
  readonly layer: Extract<Layer, 'thumb' | 'main' | 'screen'>
  readonly height: number
  readonly fps: number
  readonly bitsPerSecond: number
  /** A key frame at least this often. */
  readonly keyEveryMs: number
}

/** What comes by a receiver. */
export type TransformOf =
  | { readonly kind: 'pipe'; readonly hop: MediaId }
  | { readonly kind: 'voice'; readonly hop: MediaId; readonly line: VoiceLine }
  | { readonly kind: 'test' }

/** What the options of an RTCRtpScriptTransform say. */
export type TransformOptions = TransformOf & { readonly id: number }

export type VoiceWay = { readonly hop: MediaId; readonly line: VoiceLine }

/** From the worker. */
export type MediaNews =
  | { readonly t: 'ready'; readonly packetsPerSecond: number }
  | { readonly t: 'tested' }
  /** The engine told the worker of this transform. */
  | { readonly t: 'attached'; readonly id: number }
  | { readonly t: 'hop-open'; readonly hop: MediaId }
  | { readonly t: 'hop-lost'; readonly hop: MediaId }
  /** The channel loses or delays: a pipe beside it is needed. */
  | { readonly t: 'need-pipe'; readonly hop: MediaId }
  | { readonly t: 'need-voice-line'; readonly hop: MediaId; readonly line: VoiceLine }
  /** On which line of which hop a voice comes now; undefined: not any more. */
  | { readonly t: 'voice-from'; readonly source: MediaId; readonly layer: VoiceLayer; readonly way: VoiceWay | undefined }
  /** Streams of others that are asked of this tab; takes the place of what was said before. */
  | { readonly t: 'asked'; readonly streams: readonly StreamId[] }
  /** The first picture, another layer, another parent, or (undefined) no picture any more. */
  | {
      readonly t: 'shows'
      readonly source: MediaId
      readonly view: View
      readonly layer: Layer | undefined
      readonly from: MediaId | undefined
    }
  /** Layers of the own camera that others take; takes the place of what was said before. */
  | { readonly t: 'watched'; readonly layers: readonly Layer[] }
  /** The own camera is in its mirror from now on. */
  | { readonly t: 'mirrors' }
  /** Frames that no key here opens. */
  | { readonly t: 'sealed'; readonly source: MediaId; readonly generation: number }
  /** A parent fell silent and the standby was asked. */
  | { readonly t: 'parent-silent'; readonly stream: StreamId; readonly parent: MediaId }
  /** A parent brought less of a picture than the standby did meanwhile, again and again. */
  | { readonly t: 'parent-lossy'; readonly stream: StreamId; readonly parent: MediaId }
  | { readonly t: 'figures'; readonly figures: MediaFigures }
  /** Nothing of this track could be encoded for a while. */
  | { readonly t: 'refused'; readonly track: string }
  | { readonly t: 'failed'; readonly what: string }

export type Carrier = 'channel' | 'pipe'

/** How often this device halves the pictures a second that it takes of each camera, because it has more to do than it can. */
export type Halvings = 0 | 1 | 2

/** Once a second. Counts are since the last time. */
export type MediaFigures = {
  /** By how much the clock of this tab's media was late, at most, of late. */
  readonly lateMs: number
  readonly halvings: Halvings
  readonly uplinkKbps: number
  readonly downlinkKbps: number
  readonly hops: readonly HopFigures[]
  readonly incoming: readonly StreamFigures[]
  readonly outgoing: readonly { readonly layer: Layer; readonly kbps: number; readonly fps: number; readonly children: number }[]
  /** 0 to 1, of the voices that came. */
  readonly levels: readonly (readonly [MediaId, number])[]
}

export type HopFigures = {
  readonly hop: MediaId
  readonly carrier: Carrier
  readonly sentKbps: number
  readonly receivedKbps: number
  /** Of what we sent, by their report. */
  readonly lost: number
  readonly queueMs: number
  readonly skipped: number
  /** Per thousand of what they sent that came. */
  readonly delivered: number
}

export type StreamFigures = StreamId & {
  readonly from: MediaId
  readonly frames: number
  readonly shown: number
  /** From capture to arrival by the two wall clocks; on one machine the true delay. */
  readonly delayMs: number
  readonly kbps: number
  /** Frames that could not be shown because one they need never came. */
  readonly broken: number
  readonly forwardedTo: number
}
