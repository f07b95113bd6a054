/**
 * The links of a room, one per tab that was let in. Links come and go by themselves between `admit` and `release`; a
 * breach ends a pair until the tab is admitted anew.
 */
import type { Clock } from '../../ports/clock.ts'
import type { DeviceKey, VerifySignature } from '../../ports/keys.ts'
import type { Link, Links } from '../../ports/link.ts'
import type { FrameStream, Wire } from '../../ports/wire.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { CONTROL_FRAME_BYTES, HELLO_TIMEOUT_MS, LANE_CONNECTIONS, PEER_CONNECTIONS } from '../../protocol/limits.ts'
import { SIGNAL_PROTOCOL } from '../../protocol/signal.ts'
import { type MakePeerConnection, makeCertificate } from './certificate.ts'
import { ENCODED_STREAMS, hasEncodedStreams } from './encoded-streams.ts'
import { Pair, type PairParts } from './pair.ts'

export type LinkOptions = {
  readonly wire: Wire
  readonly device: DeviceKey
  readonly verify: VerifySignature
  /** Epoch of the room keys. */
  readonly epoch: number
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  /** Read anew for each connection. */
  readonly iceServers: readonly RTCIceServer[]
  /** Aborting closes every link. */
  readonly signal: AbortSignal
  readonly notify: (code: RoomErrorCode, detail: string) => void
  readonly makePeerConnection?: MakePeerConnection
}

export interface LinkManager {
  readonly links: Links
  /** The hello of this tab stands; call again whenever the two have met anew. */
  admit(peer: TabId, device: DeviceId): void
  /** The tab left or is gone. */
  release(peer: TabId): void
}

export function openLinks(options: LinkOptions): LinkManager {
  const manager = new Manager(options)
  return { links: manager, admit: (peer, device) => manager.admit(peer, device), release: (peer) => manager.release(peer) }
}

type Early = { readonly stream: FrameStream; readonly forget: () => void }

class Manager implements Links {
  readonly #options: LinkOptions
  readonly #parts: Promise<PairParts>
  readonly #pairs = new Map<TabId, Pair>()
  /** The other side may have finished its hello a moment before us: its stream waits unread. */
  readonly #early = new Map<TabId, Early>()
  readonly #listeners = new Set<() => void>()
  #all: readonly Link[] = []

  constructor(options: LinkOptions) {
    this.#options = options
    this.#parts = this.#makeParts()
    const stopHandling = options.wire.handle(SIGNAL_PROTOCOL, { maxFrameBytes: CONTROL_FRAME_BYTES }, (stream) => this.#take(stream))
    options.signal.addEventListener('abort', () => {
      stopHandling()
      for (const peer of [...this.#pairs.keys()]) this.#release(peer)
      for (const peer of [...this.#early.keys()]) this.#refuse(peer)
    })
  }

  all(): readonly Link[] {
    return this.#all
  }

  get(peer: TabId): Link | undefined {
    return this.#pairs.get(peer)?.link
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Both in the order they were called, also while the certificate is still being made. */
  admit(peer: TabId, device: DeviceId): void {
    void this.#parts.then((parts) => this.#admit(peer, device, parts))
  }

  release(peer: TabId): void {
    void this.#parts.then(() => this.#release(peer))
  }

  async #makeParts(): Promise<PairParts> {
    const { makePeerConnection = (configuration) => new RTCPeerConnection(configuration), iceServers } = this.#options
    const { certificate, fingerprint } = await makeCertificate(makePeerConnection)
    const make = (more: RTCConfiguration) =>
      makePeerConnection({
        iceServers: [...iceServers],
        certificates: [certificate],
        bundlePolicy: 'max-bundle',
        rtcpMuxPolicy: 'require',
        ...more,
      })
    const coded = hasEncodedStreams() ? ENCODED_STREAMS : {}
    const connect = () => (this.#all.length < PEER_CONNECTIONS ? make(coded) : undefined)
    const connectLane = () => (this.#lanes() < LANE_CONNECTIONS ? make({}) : undefined)
    let sequence = 0
    const nextSequence = () => ++sequence
    return { ...this.#options, fingerprint, nextSequence, connect, connectLane, onLink: () => this.#tell() }
  }

  #lanes(): number {
    return this.#all.reduce((sum, { lanes }) => sum + lanes.length - 1, 0)
  }

  #admit(peer: TabId, device: DeviceId, parts: PairParts): void {
    if (this.#options.signal.aborted) return
    const pair = this.#pairs.get(peer) ?? new Pair(peer, device, parts)
    this.#pairs.set(peer, pair)
    pair.meet()
    const early = this.#early.get(peer)
    early?.forget()
    if (early !== undefined) pair.take(early.stream)
  }

  #release(peer: TabId): void {
    const pair = this.#pairs.get(peer)
    this.#pairs.delete(peer)
    pair?.close()
  }

  #take(stream: FrameStream): void {
    const pair = this.#pairs.get(stream.peer)
    if (pair !== undefined) pair.take(stream)
    else this.#keepEarly(stream)
  }

  #keepEarly(stream: FrameStream): void {
    this.#refuse(stream.peer)
    if (this.#early.size >= PEER_CONNECTIONS) {
      stream.abort(new RoomError('flooded', 'too many signal streams before their hello'))
      return
    }
    const stopWaiting = this.#options.clock.after(HELLO_TIMEOUT_MS, () => this.#refuse(stream.peer))
    const forget = () => {
      stopWaiting()
      this.#early.delete(stream.peer)
    }
    this.#early.set(stream.peer, { stream, forget })
  }

  #refuse(peer: TabId): void {
    const early = this.#early.get(peer)
    early?.forget()
    early?.stream.abort(new RoomError('proof-refused', 'signal stream without a hello'))
  }

  #tell(): void {
    this.#all = [...this.#pairs.values()].flatMap(({ link }) => link ?? [])
    for (const listener of [...this.#listeners]) listener()
  }
}
