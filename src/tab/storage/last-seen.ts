/** When this device last saw each of the others, by its own clock: what they say of themselves may be a lie or a wrong clock. */
import type { ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import { type DeviceId, parseDeviceId, type RoomId } from '../../protocol/ids.ts'
import { DEVICE_TOLD_MS } from '../../protocol/limits.ts'

export type LastSeen = {
  readonly at: (device: DeviceId) => number | undefined
  readonly note: (here: Iterable<DeviceId>) => void
}

export function openLastSeen(room: RoomId, values: ValueStore, clock: Clock, signal: AbortSignal): LastSeen {
  const key = `files/${room}/seen`
  const seen = new Map<DeviceId, number>()
  let isDirty = false
  const save = () => {
    if (isDirty) values.save(key, new TextEncoder().encode(JSON.stringify([...seen]))).catch(() => undefined)
    isDirty = false
  }
  const saveAgain = () => {
    save()
    stop = clock.after(DEVICE_TOLD_MS, saveAgain)
  }
  let stop = clock.after(DEVICE_TOLD_MS, saveAgain)
  signal.addEventListener('abort', () => {
    stop()
    save()
  })
  values.load(key).then(
    (bytes) => {
      for (const [device, atMs] of parse(bytes)) if (!seen.has(device)) seen.set(device, atMs)
    },
    () => undefined,
  )
  return {
    at: (device) => seen.get(device),
    note(here) {
      const nowMs = clock.nowMs()
      for (const device of here) seen.set(device, nowMs)
      isDirty = true
    },
  }
}

function parse(bytes: Uint8Array | undefined): [DeviceId, number][] {
  if (bytes === undefined) return []
  const list: unknown = JSON.parse(new TextDecoder().decode(bytes))
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown) => {
    if (!Array.isArray(entry)) return []
    const [text, atMs] = entry
    const device = typeof text === 'string' ? parseDeviceId(text) : undefined
    return device !== undefined && typeof atMs === 'number' ? [[device, atMs] as [DeviceId, number]] : []
  })
}
