/** The cameras, microphones and speakers of this device, as far as the browser names them. */
import type { MediaDevice } from '../../ports/asterism.ts'

const KINDS: Readonly<Record<MediaDeviceKind, MediaDevice['kind']>> = {
  audioinput: 'microphone',
  videoinput: 'camera',
  audiooutput: 'speaker',
}

/** Before the first permission browsers give entries without ids: they can be neither shown nor chosen. */
export async function listDevices(devices: MediaDevices | undefined): Promise<readonly MediaDevice[]> {
  const found = (await devices?.enumerateDevices().catch(() => [])) ?? []
  return found.filter(({ deviceId }) => deviceId !== '').map(({ kind, deviceId, label }) => ({ kind: KINDS[kind], id: deviceId, label }))
}
