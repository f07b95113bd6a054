/** Two whose browsers know no format for pictures in common. */
import type { BrowserContext } from '@playwright/test'
import { CALL_ONLY, expect, joinRoom, openRoom, seeMembers, test } from '../fixtures.ts'
import { heardEnergy, joinCall, tabOf, turnOn } from '../meeting/in-call.ts'

test.use(CALL_ONLY)

/** As a browser that was built with this one alone. */
function knowing(mimeType: string): (context: BrowserContext) => Promise<void> {
  return async (context) => {
    await context.addInitScript((mimeType) => {
      const only = () => (RTCRtpReceiver.getCapabilities('video')?.codecs ?? []).filter((codec) => codec.mimeType === mimeType)
      const isSupported = VideoEncoder.isConfigSupported.bind(VideoEncoder)
      VideoEncoder.isConfigSupported = async (config) => {
        const told = await isSupported(config)
        return { ...told, supported: told.supported === true && mimeType.toLowerCase().endsWith(config.codec) }
      }
      const { addTransceiver, setRemoteDescription } = RTCPeerConnection.prototype
      RTCPeerConnection.prototype.addTransceiver = function (what, init) {
        const transceiver = addTransceiver.call(this, what, init)
        if (what instanceof MediaStreamTrack && what.kind === 'video') transceiver.setCodecPreferences(only())
        return transceiver
      }
      RTCPeerConnection.prototype.setRemoteDescription = async function (this: RTCPeerConnection, description: RTCSessionDescriptionInit) {
        await Reflect.apply(setRemoteDescription, this, [description])
        if (description.type !== 'offer') return
        for (const transceiver of this.getTransceivers())
          if (transceiver.receiver.track.kind === 'video') transceiver.setCodecPreferences(only())
      }
    }, mimeType)
  }
}

test('[CALL-23] two browsers without a common format for pictures are heard, and each reads that no picture comes', async ({ device }) => {
  const [ann, ben] = [await device('Ann', knowing('video/AV1')), await device('Ben', knowing('video/VP8'))]
  await joinRoom(ben, await openRoom(ann))
  for (const one of [ann, ben]) await seeMembers(one, 2)
  await joinCall(ann)
  await turnOn(ben)
  for (const [one, other] of [
    [ann, ben],
    [ben, ann],
  ] as const) {
    const tile = one.page.getByRole('figure', { name: new RegExp(other.name) })
    await expect(tile.getByText('Picture does not come through')).toBeVisible()
    const tab = await tabOf(other)
    await expect.poll(async () => (await heardEnergy(one))[tab] ?? 0).toBeGreaterThan(0.01)
    expect(await one.page.evaluate(() => asterism.room.notices)).toEqual([])
  }
})
