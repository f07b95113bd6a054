/** When a device says anew what it is worth as a place: seldom, since each time is a signed record that all members get. */
import { equalBytes } from '../../protocol/bytes.ts'
import { DEVICE_TOLD_MS } from '../../protocol/limits.ts'
import type { DeviceRecord } from '../../protocol/object.ts'

export type DeviceClaim = Omit<DeviceRecord, 'signature'>

/** Fullness is told again when it moved by this share of the quota: planners need no more. */
const NEWS_OF_QUOTA = 0.05

/** `told`: what the room knows of it; `sinceToldMs`: how long ago this tab said something. */
export function isDeviceNews(told: DeviceClaim | undefined, now: DeviceClaim, sinceToldMs: number): boolean {
  if (told === undefined || sinceToldMs >= DEVICE_TOLD_MS) return true
  const moved = Math.abs(now.keptBytes - told.keptBytes)
  return (
    moved > NEWS_OF_QUOTA * now.quotaBytes ||
    now.quotaBytes !== told.quotaBytes ||
    now.persisted !== told.persisted ||
    now.visitor !== told.visitor ||
    !isSameSegment(now.segment, told.segment)
  )
}

function isSameSegment(a: DeviceClaim['segment'], b: DeviceClaim['segment']): boolean {
  return a === b || (a !== null && b !== null && equalBytes(a, b))
}
