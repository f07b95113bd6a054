/** What the streams that go through this tab need of the rest of it, and tell it. */
import type { Arrived } from '../../src/core/call/frames/order-frames.ts'
import type { FrameHead, Layer, MediaId, StreamId } from '../../src/protocol/media.ts'
import type { MediaNews } from '../../src/protocol/media-worker.ts'
import type { HopsPorts } from './hops.ts'
import type { Keyring } from './keyring.ts'
import type { Came } from './stream.ts'

export type SwitchboardPorts = Pick<HopsPorts, 'linesHeard' | 'linesTold'> & {
  readonly keyring: Keyring
  /** A frame for whoever watches here that no key opens. */
  readonly unopened: (source: MediaId, generation: number) => void
  readonly news: (news: MediaNews) => void
  readonly failed: (cause: unknown) => void
  /** In order: a frame of a stream that is watched here. */
  readonly show: (frame: Arrived<Came>) => void
  readonly arrived: (head: FrameHead, from: MediaId, bytes: number, isNew: boolean) => void
  readonly unwanted: (stream: StreamId) => void
  readonly refreshOwn: (layer: Layer) => void
  /** A hop takes a layer of ours. */
  readonly subscribed: (hop: MediaId, layer: Layer) => void
  /** A hop takes a voice of another by a slot. */
  readonly voiceAsked: (hop: MediaId, voice: StreamId) => void
}
