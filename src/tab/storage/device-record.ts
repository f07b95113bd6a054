/**
 * What this device says of itself as a place for files: signed every few minutes while it is here, and when something
 * changed that a planner would want to know. Its age and its time in the room go on from what it said before.
 */
import { type DeviceClaim, isDeviceNews } from '../../core/storage/device-news.ts'
import type { BlockStore, StoreUsage } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceKey } from '../../ports/keys.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomId } from '../../protocol/ids.ts'
import { DEVICE_TOLD_MS } from '../../protocol/limits.ts'
import { type DeviceRecord, deviceClaim } from '../../protocol/object.ts'
import type { VerifiedMap } from './verified-map.ts'

export type DeviceParts = {
  readonly room: RoomId
  readonly deviceKey: DeviceKey
  readonly blocks: BlockStore
  readonly clock: Clock
  readonly devices: VerifiedMap<DeviceRecord>
  readonly segment: () => Bytes | undefined
  readonly isVisitor: () => boolean
  readonly isLeader: () => boolean
  readonly signal: AbortSignal
  readonly changed: () => void
}

/** Usage is asked for this long after the store was written to, not for each block. */
const LOOK_AFTER_MS = 1_000

export class OwnDevice {
  readonly #parts: DeviceParts
  #usage: StoreUsage | undefined
  #startedAtMs: number
  #toldAtMs = Number.NEGATIVE_INFINITY
  #stopLooking: (() => void) | undefined
  #stopTelling: (() => void) | undefined
  #looking: Promise<void> | undefined

  constructor(parts: DeviceParts) {
    this.#parts = parts
    this.#startedAtMs = parts.clock.monotonicMs()
    parts.signal.addEventListener('abort', () => {
      this.#stopLooking?.()
      this.#stopTelling?.()
    })
  }

  get usage(): StoreUsage | undefined {
    return this.#usage
  }

  /** As it would be told now, without a signature; for this tab's own planning. */
  record(): DeviceRecord {
    return { ...this.#claim(), signature: NOT_SIGNED }
  }

  /** The store took something in or let something go. */
  used(): void {
    this.#stopLooking ??= this.#parts.clock.after(LOOK_AFTER_MS, () => void this.look())
  }

  /** Asks the store now, and tells the room when it is news. */
  look(): Promise<void> {
    this.#stopLooking?.()
    this.#stopLooking = undefined
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    const { blocks, signal, changed } = this.#parts
    this.#usage = (await blocks.usage().catch(() => undefined)) ?? this.#usage
    if (signal.aborted) return
    changed()
    if (this.#isNews()) await this.#tell()
  }

  #isNews(): boolean {
    const { deviceKey, devices, clock, isLeader } = this.#parts
    if (!isLeader()) return false
    return isDeviceNews(devices.get(deviceKey.id), this.#claim(), clock.monotonicMs() - this.#toldAtMs)
  }

  async #tell(): Promise<void> {
    const { room, deviceKey, devices, clock, signal } = this.#parts
    const claim = this.#claim()
    this.#startedAtMs = clock.monotonicMs()
    this.#toldAtMs = this.#startedAtMs
    const signed = { ...claim, signature: await deviceKey.sign(deviceClaim(room, claim)) }
    if (signal.aborted) return
    devices.write(new Map([[deviceKey.id, signed]]))
    this.#stopTelling?.()
    this.#stopTelling = clock.after(DEVICE_TOLD_MS, () => void this.look())
  }

  #claim(): DeviceClaim {
    const { deviceKey, devices, clock, segment, isVisitor } = this.#parts
    const before = devices.get(deviceKey.id)
    const nowMs = clock.nowMs()
    const { ownerQuotaBytes = 0, quotaBytes = 0, usedBytes = 0, keptBytes = 0, markedBytes = 0, persisted = false } = this.#usage ?? {}
    return {
      device: deviceKey.id,
      segment: segment() ?? null,
      // What the browser would still give is a bound as well.
      quotaBytes: Math.floor(Math.min(ownerQuotaBytes, keptBytes + Math.max(0, quotaBytes - usedBytes))),
      // Marked blocks make room by themselves.
      keptBytes: Math.max(0, keptBytes - markedBytes),
      persisted,
      visitor: isVisitor(),
      firstSeenAtMs: before?.firstSeenAtMs ?? nowMs,
      onlineMs: Math.floor((before?.onlineMs ?? 0) + Math.max(0, clock.monotonicMs() - this.#startedAtMs)),
      atMs: nowMs,
      sequence: Math.max((before?.sequence ?? 0) + 1, nowMs),
    }
  }
}

const NOT_SIGNED: Bytes = new Uint8Array(64)
