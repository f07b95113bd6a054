/** Microphone, camera and speaker as they are: nothing is turned on for a look, and no label is read. */
import type { DeviceFound, DevicesFound, Permission } from '../../core/check/findings.ts'
import type { Call, DeviceState } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import { CHECK_LISTEN_MS } from '../../protocol/limits.ts'

const LOOK_MS = 50

export async function readDevices(call: Pick<Call, 'self' | 'devices'>, clock: Clock): Promise<DevicesFound> {
  const [microphone, camera, peak] = await Promise.all([permissionOf('microphone'), permissionOf('camera'), listen(call, clock)])
  const count = (kind: 'microphone' | 'camera' | 'speaker') => call.devices.filter((one) => one.kind === kind).length
  const found = (kind: 'microphone' | 'camera', permission: Permission): DeviceFound => ({
    count: count(kind),
    permission,
    state: stateOf(call.self[kind]),
  })
  return { microphone: found('microphone', microphone), camera: found('camera', camera), speakers: count('speaker'), peak }
}

/** Not every browser tells of every permission. */
async function permissionOf(name: 'microphone' | 'camera'): Promise<Permission> {
  const told = await navigator.permissions?.query({ name: name as PermissionName }).catch(() => undefined)
  return told?.state ?? 'unknown'
}

function stateOf(state: DeviceState): DeviceFound['state'] {
  if (state.kind === 'failed') return { failed: state.text }
  return state.kind === 'off' ? 'off' : 'on'
}

async function listen(call: Pick<Call, 'self'>, clock: Clock): Promise<number | undefined> {
  const endMs = clock.monotonicMs() + CHECK_LISTEN_MS
  let peak: number | undefined
  while (clock.monotonicMs() < endMs && call.self.microphone.kind === 'on') {
    peak = Math.max(peak ?? 0, call.self.level)
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve))
  }
  return peak
}
