/** What a planner is told and what it answers. Facts are gathered by adapters, signed ones only; nothing here is guessed. */
import type { DeviceId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { Layout } from './layout.ts'
import type { Profile } from './profile.ts'

export type DeviceFacts = {
  readonly id: DeviceId
  /** In the room now. */
  readonly isHere: boolean
  /** How long it has been away; 0 when it is here. */
  readonly awayMs: number
  /** Keyed network prefix as text; undefined: not known, and then like no other. */
  readonly segment: string | undefined
  /** Round trip to the device that plans; undefined: not measured. */
  readonly rttMs: number | undefined
  /** 0 to 1: probability that it is in the room when somebody reads, learned from its past. */
  readonly availability: number
  /** 0 to 1: probability that its disk is lost for good within a day: profile wiped, evicted, never back. */
  readonly lossPerDay: number
  /** What it would still take. */
  readonly freeBytes: number
  /** Takes nothing: phones, guests, metered networks. */
  readonly isVisitor: boolean
}

/** `kept` rows are wanted; `marked` ones are there until room is needed, and count at a discount. A row with holes does not stand here. */
export type RowCopy = { readonly row: number; readonly device: DeviceId; readonly state: 'kept' | 'marked' }

export type Slot = { readonly row: number; readonly device: DeviceId }

export type ObjectFacts = {
  readonly id: ObjectId
  readonly bytes: number
  readonly layout: Layout
  readonly profile: Profile
  /** Files that point at it: the floor rises with each beyond the first. */
  readonly pointers: number
  /** The plan as it stands. */
  readonly slots: readonly Slot[]
  /** What devices say they have. */
  readonly copies: readonly RowCopy[]
}

export type Judgement = {
  readonly availability: number
  /** In 30 days, if nobody did anything. */
  readonly durability: number
  /** Devices that may be lost, whichever they are, without losing the object: kept rows only. */
  readonly spareDevices: number
  /** Every slot of the plan is held. */
  readonly isSpread: boolean
  /** Rows readable now from devices that are here reach k. */
  readonly isReadable: boolean
  /** Stored bytes on all devices (kept rows) over the object's bytes. */
  readonly overhead: number
}

/** Why a wish cannot be met, in a form the UI and the API put into words. */
export type Bound = {
  /** The best availability that any placement in this room reaches. */
  readonly availability: number
  readonly remedy:
    | { readonly kind: 'invite-keeper'; readonly devices: number; readonly availability: number }
    | { readonly kind: 'more-room'; readonly bytes: number }
    | { readonly kind: 'none' }
}

export type Warning =
  | 'fewer-than-three-devices'
  | 'one-network'
  | 'two-networks'
  | 'no-near-copy'
  | 'below-floor-by-wish'
  | 'not-enough-room'

/** What shall hold from now on. `slots` is the very list of the facts when nothing changes; `changesPlan` says whether anything does. */
export type Plan = {
  readonly slots: readonly Slot[]
  /** Copies the plan no longer needs: soft deletes. */
  readonly mark: readonly RowCopy[]
  /** Marked copies the plan uses again, without traffic. */
  readonly revive: readonly RowCopy[]
  readonly bound: Bound | undefined
  readonly warnings: readonly Warning[]
}
