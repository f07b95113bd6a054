/**
 * Further RTCPeerConnections of a pair, for block bytes alone: each has a congestion window of its own. They are described
 * to each other over the link, which is bound to both devices, and speak with the same certificates. A lane is over when
 * each side has said so, with what it had sent: then what was lost is known, and its number is free again.
 */
import { readSdp } from '../../core/call/sdp.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import { DATA_HEADER_BYTES, DATA_PAYLOAD_BYTES, EARLY_CANDIDATES, LANE_OPEN_MS, LANES } from '../../protocol/limits.ts'
import { type CommandMessage, DATA_CHANNEL } from '../../protocol/transfer.ts'
import { DataLane, openChannel } from './data-lane.ts'

export type LaneMessage = Extract<CommandMessage, { t: 'lane' | 'lane-candidate' | 'lane-close' }>

export type LaneParts = {
  /** Of two offers of one lane that cross, the impolite side's stands. */
  readonly isPolite: boolean
  readonly clock: Clock
  /** undefined when this tab holds as many connections as it may. */
  readonly connect: () => RTCPeerConnection | undefined
  /** What the link's own connection talks to. */
  readonly peerFingerprint: () => string | undefined
  readonly send: (message: LaneMessage) => void
  readonly onData: (frame: ArrayBuffer, lane: number) => void
  /** Lanes opened or closed. */
  readonly onChange: () => void
  readonly onClosed: (lane: number, lostBytes: number) => void
  readonly onBreach: (code: RoomErrorCode, detail: string) => void
}

type Lane = {
  readonly connection: RTCPeerConnection
  readonly data: DataLane
  readonly isOffered: boolean
  readonly stopWaiting: () => void
  /** Until the other side is described. */
  early: string[] | undefined
  /** Changes of one lane are made one after another. */
  steps: Promise<void>
}

const NUMBERS = Array.from({ length: LANES - 1 }, (_, at) => at + 1)

export class LinkLanes {
  /** Numbers of the lanes that are open; 0 is the link itself. */
  open: readonly number[] = [0]
  readonly #parts: LaneParts
  readonly #lanes = new Map<number, Lane>()
  /** Closed here, while the other side has not said so: what had arrived. */
  readonly #leaving = new Map<number, number>()
  #closedSentBytes = 0
  #isClosed = false

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  offer(): void {
    const lane = NUMBERS.find((number) => !this.#lanes.has(number) && !this.#leaving.has(number))
    if (lane === undefined || this.#isClosed) return
    const made = this.#make(lane, true)
    if (made === undefined) return
    this.#step(lane, made, async ({ connection }) => {
      await connection.setLocalDescription()
      this.#parts.send({ t: 'lane', lane, kind: 'offer', sdp: connection.localDescription?.sdp ?? '' })
    })
  }

  send(frame: Bytes, lane: number): Promise<void> {
    return this.#lanes.get(lane)?.data.send(frame) ?? Promise.reject(new RoomError('aborted', 'no such lane'))
  }

  get sentBytes(): number {
    let sum = this.#closedSentBytes
    for (const { data } of this.#lanes.values()) sum += data.sentBytes
    return sum
  }

  limit(highWaterBytes: number): void {
    for (const { data } of this.#lanes.values()) data.limit(highWaterBytes)
  }

  hear(message: LaneMessage): void {
    if (this.#isClosed) return
    const { lane } = message
    switch (message.t) {
      case 'lane':
        if (readSdp(message.sdp)?.fingerprint !== this.#parts.peerFingerprint()) this.#parts.onBreach('signal-misdirected', 'lane')
        else if (message.kind === 'offer') this.#answer(lane, message.sdp)
        else this.#takeAnswer(lane, message.sdp)
        return
      case 'lane-candidate':
        this.#takeCandidate(lane, message.candidate)
        return
      case 'lane-close':
        this.#ended(lane, message.sentBytes ?? 0)
        return
      default:
        message satisfies never
    }
  }

  closeLane(lane: number): void {
    const gone = this.#remove(lane)
    if (gone === undefined) return
    this.#leaving.set(lane, gone.data.arrivedBytes)
    this.#parts.send({ t: 'lane-close', lane, sentBytes: gone.data.sentBytes })
    this.#tell()
  }

  close(): void {
    this.#isClosed = true
    for (const lane of [...this.#lanes.keys()]) this.#remove(lane)
    this.#leaving.clear()
    this.open = [0]
  }

  /** The other side sends nothing on it any more. */
  #ended(lane: number, sentBytes: number): void {
    const arrivedBytes = this.#leaving.get(lane) ?? this.#lanes.get(lane)?.data.arrivedBytes
    if (arrivedBytes === undefined) return
    this.closeLane(lane)
    this.#leaving.delete(lane)
    this.#parts.onClosed(lane, Math.max(0, sentBytes - arrivedBytes))
  }

  #answer(lane: number, sdp: string): void {
    const before = this.#lanes.get(lane)
    if (before !== undefined && (!before.isOffered || !this.#parts.isPolite)) return
    if (before !== undefined) this.#remove(lane)
    this.#leaving.delete(lane)
    const made = this.#make(lane, false)
    if (made === undefined) {
      this.#parts.send({ t: 'lane-close', lane, sentBytes: 0 })
      return
    }
    this.#step(lane, made, async ({ connection }) => {
      await connection.setRemoteDescription({ type: 'offer', sdp })
      await connection.setLocalDescription()
      this.#parts.send({ t: 'lane', lane, kind: 'answer', sdp: connection.localDescription?.sdp ?? '' })
      await this.#addEarly(made)
    })
  }

  #takeAnswer(lane: number, sdp: string): void {
    const made = this.#lanes.get(lane)
    if (!made?.isOffered) return
    this.#step(lane, made, async ({ connection }) => {
      await connection.setRemoteDescription({ type: 'answer', sdp })
      await this.#addEarly(made)
    })
  }

  #takeCandidate(lane: number, candidate: string): void {
    const made = this.#lanes.get(lane)
    if (made === undefined) return
    if (made.early === undefined) this.#step(lane, made, () => addCandidate(made.connection, candidate))
    else if (made.early.length < EARLY_CANDIDATES) made.early.push(candidate)
  }

  async #addEarly(made: Lane): Promise<void> {
    const early = made.early ?? []
    made.early = undefined
    for (const candidate of early) await addCandidate(made.connection, candidate)
  }

  #make(lane: number, isOffered: boolean): Lane | undefined {
    const { clock, connect, send } = this.#parts
    const connection = connect()
    if (connection === undefined) return undefined
    const channel = openChannel(connection, DATA_CHANNEL)
    const data = new DataLane(channel)
    const fail = () => {
      if (this.#lanes.get(lane) === made) this.closeLane(lane)
    }
    const stopWaiting = clock.after(LANE_OPEN_MS, () => {
      if (!data.isOpen) fail()
    })
    const made: Lane = { connection, data, isOffered, stopWaiting, early: [], steps: Promise.resolve() }
    channel.onopen = () => this.#tell()
    channel.onclose = fail
    channel.onmessage = ({ data: frame }) => this.#take(lane, made, frame)
    connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') send({ t: 'lane-candidate', lane, candidate: candidate.candidate })
    }
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'failed') fail()
    }
    this.#lanes.set(lane, made)
    return made
  }

  #take(lane: number, made: Lane, frame: unknown): void {
    if (this.#lanes.get(lane) !== made) return
    if (!(frame instanceof ArrayBuffer) || frame.byteLength > DATA_HEADER_BYTES + DATA_PAYLOAD_BYTES) {
      this.#parts.onBreach('frame-malformed', 'lane')
      return
    }
    made.data.arrived(frame)
    this.#parts.onData(frame, lane)
  }

  #step(lane: number, made: Lane, step: (made: Lane) => Promise<void>): void {
    made.steps = made.steps
      .then(async () => {
        if (this.#lanes.get(lane) === made) await step(made)
      })
      .catch((error: unknown) => {
        console.debug('link: lane failed', error)
        if (this.#lanes.get(lane) === made) this.closeLane(lane)
      })
  }

  #remove(lane: number): Lane | undefined {
    const made = this.#lanes.get(lane)
    if (made === undefined) return undefined
    this.#lanes.delete(lane)
    this.#closedSentBytes += made.data.sentBytes
    made.stopWaiting()
    made.data.close()
    made.connection.close()
    return made
  }

  #tell(): void {
    this.open = [0, ...NUMBERS.filter((number) => this.#lanes.get(number)?.data.isOpen)]
    this.#parts.onChange()
  }
}

/** A candidate that the browser cannot use is one path less, no failure. */
async function addCandidate(connection: RTCPeerConnection, candidate: string): Promise<void> {
  try {
    await connection.addIceCandidate({ candidate, sdpMLineIndex: 0 })
  } catch (error) {
    console.debug('link: candidate of a lane not added', error)
  }
}
