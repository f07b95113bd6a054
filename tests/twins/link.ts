/**
 * A link in memory: two ends that deliver frames later and, on each lane, in order, as data channels do, with a small send
 * buffer. A test may look at, change or drop what is on its way, hold it up, and break a lane.
 */
import type { Link, LinkMedia, LinkState, Links } from '../../src/ports/link.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { type Parsed, parseFrame } from '../../src/protocol/frame.ts'
import type { DeviceId, TabId } from '../../src/protocol/ids.ts'
import { DATA_HEADER_BYTES, LANES } from '../../src/protocol/limits.ts'
import { type CommandMessage, commandMessage } from '../../src/protocol/transfer.ts'

export type TwinLink = Link & {
  state: LinkState
  isQuiet: boolean
  readonly cutBy: Error[]
  readonly sent: { dataBytes: number }
  changed(): void
  end(): void
  /** What is on its way over the lane is lost, both ways. */
  breakLane(lane: number): void
}

/** What arrives in place of a frame. */
export type Tamper = (frame: Uint8Array) => readonly Uint8Array[]

/** Nothing of a meeting passes a link in memory. */
const NO_MEDIA: LinkMedia = {
  send: () => false,
  onMessage: () => () => {},
  openChannel: () => undefined,
  onChannel: () => () => {},
  openLine: () => undefined,
  roomKbps: async () => undefined,
  onLine: () => () => {},
}

export type Side = { readonly tab: TabId; readonly device: DeviceId }

/** The first end is at `a` and leads to `b`. Both are connected. */
export function linkPair(a: Side, b: Side, tamper: { data?: Tamper } = {}): readonly [TwinLink, TwinLink] {
  const toA = new Listeners()
  const toB = new Listeners()
  const ends: (TwinLink & { lanes: readonly number[] })[] = []
  const setLanes = (lanes: readonly number[]) => {
    for (const link of ends) {
      link.lanes = lanes
      link.changed()
    }
  }
  const closeLane = (lane: number) => {
    if (lane === 0 || !ends[0]?.lanes.includes(lane)) return
    for (const inbox of [toA, toB]) inbox.closeLane(lane)
    setLanes(ends[0].lanes.filter((other) => other !== lane))
  }
  const end = () => {
    for (const link of ends) {
      if (link.state === 'closed') continue
      link.state = 'closed'
      link.changed()
    }
  }
  const make = (peer: Side, inbox: Listeners, outbox: Listeners): TwinLink => {
    const listeners = new Set<() => void>()
    const link = {
      peer: peer.tab,
      device: peer.device,
      state: 'connected' as LinkState,
      path: 'direct' as const,
      rttMs: 1,
      shortestRttMs: 1,
      isQuiet: false,
      lanes: [0] as readonly number[],
      incoming: new Map(),
      media: NO_MEDIA,
      cutBy: [] as Error[],
      sent: { dataBytes: 0 },
      setOutgoing: () => {},
      sendCommand(frame: Uint8Array) {
        if (link.state !== 'connected') return false
        outbox.deliver('command', frame, 0)
        return true
      },
      async sendData(frame: Bytes, lane = 0) {
        if (link.state !== 'connected' || !link.lanes.includes(lane)) throw new Error('closed')
        link.sent.dataBytes += frame.byteLength
        for (const arriving of tamper.data?.(frame) ?? [frame]) outbox.deliver('data', arriving, lane)
        await outbox.drained()
      },
      onCommand: (listener: CommandListener) => inbox.on('command', (frame) => listener(parseFrame(new Uint8Array(frame), commandMessage))),
      onData: (listener: (frame: ArrayBuffer, lane: number) => void) => inbox.on('data', listener),
      openLane() {
        const free = Array.from({ length: LANES }, (_, lane) => lane).find((lane) => !link.lanes.includes(lane))
        if (free !== undefined) setLanes([...link.lanes, free])
      },
      closeLane,
      breakLane: closeLane,
      onLaneClosed: (listener: (lane: number, lostBytes: number) => void) => inbox.onLaneClosed(listener),
      subscribe(listener: () => void) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      changed() {
        for (const listener of [...listeners]) listener()
      },
      cut(reason: Error) {
        link.cutBy.push(reason)
        end()
      },
      end,
    }
    return link
  }
  const pair = [make(b, toA, toB), make(a, toB, toA)] as const
  ends.push(...pair)
  return pair
}

type CommandListener = (command: Parsed<CommandMessage>) => void
type FrameListener = (frame: ArrayBuffer, lane: number) => void

class Listeners {
  readonly #by = { command: new Set<FrameListener>(), data: new Set<FrameListener>() }
  readonly #closed = new Set<(lane: number, lostBytes: number) => void>()
  /** Rises with each end of a lane: frames from before are lost. */
  readonly #ages = new Map<number, number>()
  readonly #onTheWay = new Map<number, number>()
  #underway = Promise.resolve()
  #waiting = 0

  on(kind: 'command' | 'data', listener: FrameListener): () => void {
    this.#by[kind].add(listener)
    return () => this.#by[kind].delete(listener)
  }

  onLaneClosed(listener: (lane: number, lostBytes: number) => void): () => void {
    this.#closed.add(listener)
    return () => this.#closed.delete(listener)
  }

  deliver(kind: 'command' | 'data', frame: Uint8Array, lane: number): void {
    const copy = new Uint8Array(frame).buffer
    const age = this.#ages.get(lane)
    const payloadBytes = kind === 'data' ? frame.byteLength - DATA_HEADER_BYTES : 0
    this.#count(lane, payloadBytes)
    this.#waiting++
    this.#underway = this.#underway.then(() => {
      this.#waiting--
      if (this.#ages.get(lane) !== age) return
      this.#count(lane, -payloadBytes)
      for (const listener of [...this.#by[kind]]) listener(copy, lane)
    })
  }

  closeLane(lane: number): void {
    const lostBytes = this.#onTheWay.get(lane) ?? 0
    this.#ages.set(lane, 1 + (this.#ages.get(lane) ?? 0))
    this.#onTheWay.delete(lane)
    for (const listener of [...this.#closed]) listener(lane, lostBytes)
  }

  #count(lane: number, bytes: number): void {
    this.#onTheWay.set(lane, bytes + (this.#onTheWay.get(lane) ?? 0))
  }

  /** Holds a sender back while much is under way. */
  async drained(): Promise<void> {
    if (this.#waiting > 64) await this.#underway
  }
}

export class TwinLinks implements Links {
  #all: readonly Link[] = []
  readonly #listeners = new Set<() => void>()

  all(): readonly Link[] {
    return this.#all
  }

  get(peer: TabId): Link | undefined {
    return this.#all.find((link) => link.peer === peer)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  add(link: Link): void {
    this.#all = [...this.#all, link]
    link.subscribe(() => {
      if (link.state === 'closed') this.#remove(link)
    })
    this.#tell()
  }

  #remove(link: Link): void {
    this.#all = this.#all.filter((other) => other !== link)
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
