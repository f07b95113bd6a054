/**
 * A camera or microphone that is not there any more, or not the system's choice: opened again as soon as that helps. Whatever the person
 * presses meanwhile ends it.
 */
import { afterLoss, hasDefaultMoved } from '../../core/call/lost-device.ts'
import type { DeviceSource } from './device-source.ts'

type Open = (device: ConstrainDOMString | undefined) => Promise<MediaStreamTrack>

export type LostSource = {
  readonly what: 'microphone' | 'camera'
  readonly source: DeviceSource
  /** The one that ended. */
  readonly track: MediaStreamTrack
  readonly devices: MediaDevices | undefined
  readonly open: Open
  readonly onReplaced: () => void
}

/** Who was muted comes back muted. */
export async function regainDevice({ what, source, track, devices, open, onReplaced }: LostSource): Promise<void> {
  if (devices === undefined) return
  const { deviceId } = track.getSettings()
  let { wish } = source
  const permission = await navigator.permissions.query({ name: what }).catch(() => undefined)
  for (;;) {
    const changed = nextChange(devices, permission)
    const listed = await devices.enumerateDevices().catch(() => [])
    if (source.wish !== wish) return
    const next = afterLoss({ what, permission: permission?.state, deviceId, listed })
    if (next.kind === 'open') {
      const started = source.start(() => open(next.device), source.isMuted)
      wish = source.wish
      await started
      if (source.wish !== wish) return
      if (source.track !== undefined) {
        if (next.device === undefined) onReplaced()
        return
      }
    }
    source.fail(next.says)
    await changed
  }
}

type OpenDefault = () => Promise<MediaStreamTrack>

export async function followDefault(source: DeviceSource, devices: MediaDevices | undefined, open: OpenDefault): Promise<void> {
  const { track } = source
  const listed = (await devices?.enumerateDevices()) ?? []
  if (track === undefined || track !== source.track || !hasDefaultMoved(track.getSettings(), listed)) return
  await source.start(open, source.isMuted)
}

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
