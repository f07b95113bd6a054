/** The devices of one simulated room over a year: who is here when, whose disk is lost, who comes in their place. */

import type { DeviceId } from '../../../src/protocol/ids.ts'
import { LOST_MS } from '../../../src/protocol/limits.ts'
import type { DeviceRecord } from '../../../src/protocol/object.ts'
import type { Random } from '../random.ts'
import { comesAt, DAY, exponential, type Kind, MEETING, type Mix, nextMeeting, weibull } from './mixes.ts'

export type Seat = {
  readonly kind: Kind
  device: Device
  /** When its person or computer comes or goes next. */
  nextMs: number
  isTaken: boolean
  isHere: boolean
}

export type Device = {
  readonly id: DeviceId
  readonly persisted: boolean
  readonly segment: string
  readonly bornMs: number
  readonly diesAtMs: number
  onlineMs: number
  /** When it last came or went. */
  changedMs: number
}

/** What happened: the seat it happened to, or everybody of a meeting. */
export type Happening = {
  readonly kind: 'came' | 'went' | 'died' | 'joined' | 'meeting'
  readonly seat: Seat | undefined
  readonly isSilent: boolean
}

/** Half of those who leave for good say so, or come back empty; the others are never heard of again. */
const SILENT = 0.5
const REPLACED_AFTER = DAY
/** Two devices in three share a network with others. */
const NETWORKS_PER_DEVICE = 1 / 3

export class Crowd {
  readonly seats: Seat[]
  /** Disks that are gone and were not said to be. */
  readonly ghosts: Device[] = []
  nowMs = 0
  here = 0
  readonly #random: Random
  readonly #networks: number
  #meetingMs = nextMeeting(0)
  #born = 0

  constructor(mix: Mix, random: Random) {
    this.#random = random
    const kinds = mix.kinds.flatMap(([count, kind]) => new Array<Kind>(count).fill(kind))
    this.#networks = Math.max(3, Math.ceil(kinds.length * NETWORKS_PER_DEVICE))
    this.seats = kinds.map((kind) => ({ kind, device: this.#newDevice(kind), nextMs: 0, isTaken: true, isHere: false }))
    for (const seat of this.seats) seat.nextMs = comesAt(random, seat.kind, random.next() * seat.kind.offMs)
  }

  /** Goes on to the next thing that happens, or to `untilMs` when nothing does before. */
  advance(untilMs: number): Happening | undefined {
    let next: Seat | undefined
    let atMs = Math.min(untilMs, this.#meetingMs)
    for (const seat of this.seats) {
      if (seat.nextMs < atMs) {
        atMs = seat.nextMs
        next = seat
      }
    }
    this.nowMs = atMs
    if (next !== undefined) return this.#happen(next)
    if (atMs !== this.#meetingMs) return undefined
    this.#meet()
    return { kind: 'meeting', seat: undefined, isSilent: false }
  }

  recordOf({ id, persisted, bornMs, onlineMs, changedMs }: Device): DeviceRecord {
    return { ...BLANK, device: id, persisted, firstSeenAtMs: bornMs, onlineMs, atMs: changedMs }
  }

  #happen(seat: Seat): Happening {
    if (!seat.isTaken) {
      seat.device = this.#newDevice(seat.kind)
      seat.isTaken = true
      this.#come(seat)
      return { kind: 'joined', seat, isSilent: false }
    }
    if (this.nowMs >= seat.device.diesAtMs) return this.#die(seat)
    if (seat.isHere) this.#go(seat)
    else this.#come(seat)
    return { kind: seat.isHere ? 'came' : 'went', seat, isSilent: false }
  }

  #come(seat: Seat): void {
    seat.isHere = true
    this.here += 1
    seat.device.changedMs = this.nowMs
    this.#schedule(seat, this.nowMs + weibull(this.#random, seat.kind.onMs, seat.kind.shape))
  }

  #go(seat: Seat): void {
    this.#leave(seat)
    const { kind } = seat
    this.#schedule(seat, comesAt(this.#random, kind, this.nowMs + weibull(this.#random, kind.offMs, kind.shape)))
  }

  #die(seat: Seat): Happening {
    const isSilent = this.#random.chance(SILENT)
    if (seat.isHere) this.#leave(seat)
    if (isSilent) this.ghosts.push(seat.device)
    seat.isTaken = false
    seat.nextMs = this.nowMs + exponential(this.#random, REPLACED_AFTER)
    while (this.ghosts[0] !== undefined && this.nowMs - this.ghosts[0].changedMs > 3 * LOST_MS) this.ghosts.shift()
    return { kind: 'died', seat, isSilent }
  }

  #leave(seat: Seat): void {
    seat.isHere = false
    this.here -= 1
    seat.device.onlineMs += this.nowMs - seat.device.changedMs
    seat.device.changedMs = this.nowMs
  }

  #meet(): void {
    for (const seat of this.seats) {
      if (!seat.isTaken || !seat.kind.isPerson || !this.#random.chance(MEETING.attends)) continue
      if (!seat.isHere) this.#come(seat)
      this.#schedule(seat, this.nowMs + MEETING.lastsMs + this.#random.next() * MEETING.endsWithinMs)
    }
    this.#meetingMs = nextMeeting(this.nowMs + 1)
  }

  #schedule(seat: Seat, atMs: number): void {
    seat.nextMs = Math.min(atMs, Math.max(this.nowMs, seat.device.diesAtMs))
  }

  #newDevice(kind: Kind): Device {
    this.#born += 1
    return {
      id: `${kind.name} ${this.#born}` as DeviceId,
      persisted: kind.isPersisted,
      segment: `network ${this.#random.below(this.#networks)}`,
      bornMs: this.nowMs,
      diesAtMs: this.nowMs + exponential(this.#random, kind.lifeMs),
      onlineMs: 0,
      changedMs: this.nowMs,
    }
  }
}

const BLANK = {
  segment: null,
  quotaBytes: 10 * 1024 ** 3,
  keptBytes: 0,
  visitor: false,
  sequence: 0,
  signature: new Uint8Array(64),
}
