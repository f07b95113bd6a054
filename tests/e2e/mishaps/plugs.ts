/**
 * Cameras and microphones whose plugs can be pulled: a test browser's devices cannot, so a script that runs before the page's own lists none of
 * what is pulled out, opens none, and ends what was open, as a browser does.
 */
import type { BrowserContext } from '@playwright/test'

declare global {
  var plugs: {
    pull(kind: 'audio' | 'video', all?: boolean): void
    pullSpeakers(): void
    putBack(): void
    /** The system chooses another microphone: the same name in the list, of another group. */
    moveDefault(): void
  }
}

export async function withPlugs(context: BrowserContext): Promise<void> {
  await context.addInitScript(putPlugs)
}

function putPlugs(): void {
  const { mediaDevices } = navigator
  const [open, list] = [mediaDevices.getUserMedia.bind(mediaDevices), mediaDevices.enumerateDevices.bind(mediaDevices)]
  const tracks = new Set<MediaStreamTrack>()
  let isGone = (_device: { readonly kind: string; readonly deviceId: string }) => false
  const changed = () => mediaDevices.dispatchEvent(new Event('devicechange'))
  const moved = new WeakMap<MediaStreamTrack, string>()
  let system: string | undefined
  const asMoved = (device: MediaDeviceInfo) => {
    const isMoved = system !== undefined && device.kind === 'audioinput' && device.deviceId === 'default'
    return isMoved ? { ...device.toJSON(), groupId: system } : device
  }
  mediaDevices.enumerateDevices = async () => (await list()).filter((device) => !isGone(device)).map(asMoved)
  const settings = MediaStreamTrack.prototype.getSettings
  MediaStreamTrack.prototype.getSettings = function (this: MediaStreamTrack) {
    const groupId = moved.get(this)
    return { ...settings.call(this), ...(groupId === undefined ? {} : { groupId }) }
  }
  mediaDevices.getUserMedia = async (wish) => {
    const left = await mediaDevices.enumerateDevices()
    for (const kind of ['audio', 'video'] as const) {
      if (wish?.[kind] && !left.some((device) => device.kind === `${kind}input`)) throw new DOMException('none left', 'NotFoundError')
    }
    const stream = await open(wish)
    for (const track of stream.getTracks()) {
      tracks.add(track)
      if (system !== undefined && track.getSettings().deviceId === 'default') moved.set(track, system)
    }
    return stream
  }
  globalThis.plugs = {
    pull(kind, all = false) {
      const [pulled] = [...tracks].filter((track) => track.kind === kind && track.readyState === 'live')
      const id = pulled?.getSettings().deviceId
      isGone = (device) => device.kind === `${kind}input` && (all || device.deviceId === id)
      pulled?.stop()
      pulled?.dispatchEvent(new Event('ended'))
      changed()
    },
    pullSpeakers() {
      isGone = ({ kind, deviceId }) => kind === 'audiooutput' && deviceId !== 'default'
      changed()
    },
    moveDefault() {
      system = `${system} and another`
      changed()
    },
    putBack() {
      isGone = () => false
      changed()
    },
  }
}
