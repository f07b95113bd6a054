/**
 * A camera or microphone that ended while it was wanted: told as what it is, and taken again when it is back or allowed again. Whatever the
 * person presses meanwhile ends it.
 */
import { afterLoss } from '../../core/call/lost-device.ts'
import type { DeviceSource } from './device-source.ts'

export type LostSource = {
  readonly what: 'microphone' | 'camera'
  readonly source: DeviceSource
  /** The one that ended. Who was muted comes back muted. */
  readonly track: MediaStreamTrack
  readonly devices: MediaDevices
  readonly open: (device: ConstrainDOMString | undefined) => Promise<MediaStreamTrack>
  readonly onReplaced: () => void
}

export async function regainDevice({ what, source, track, devices, open, onReplaced }: LostSource): Promise<void> {
  const { deviceId } = track.getSettings()
  const wasOn = track.enabled
  let { wish } = source
  const permission = await navigator.permissions.query({ name: what }).catch(() => undefined)
  for (;;) {
    const changed = nextChange(devices, permission)
    const listed = (await devices.enumerateDevices().catch(() => [])).filter(({ kind }) => kind === KINDS[what])
    if (source.wish !== wish) return
    const isBack = listed.some((one) => one.deviceId === deviceId)
    const step = afterLoss({ what, permission: permission?.state, isBack, hasOther: listed.length > 0 })
    if (step === 'reopen' || step === 'replace') {
      const started = source.start(() => open(step === 'reopen' && deviceId !== undefined ? { exact: deviceId } : undefined), wasOn)
      wish = source.wish
      await started
      if (source.wish !== wish) return
      if (source.track !== undefined) {
        if (step === 'replace') onReplaced()
        return
      }
    }
    source.fail(step === 'denied' ? 'device-denied' : 'device-lost')
    await changed
  }
}

const KINDS = { microphone: 'audioinput', camera: 'videoinput' } as const

function nextChange(devices: MediaDevices, permission: PermissionStatus | undefined): Promise<unknown> {
  return new Promise((changed) => {
    const stop = new AbortController()
    const once = () => {
      stop.abort()
      changed(undefined)
    }
    devices.addEventListener('devicechange', once, stop)
    permission?.addEventListener('change', once, stop)
  })
}
