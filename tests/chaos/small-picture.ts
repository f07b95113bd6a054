/**
 * Cameras and microphones that leave the processor time to show gaps that are the product's: a small picture, and a voice without the
 * browser's filters, which take a steady one for a noise.
 */
import type { BrowserContext } from 'playwright'

export async function openSmall(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const devices = navigator.mediaDevices
    // An empty page has none.
    if (devices === undefined) return
    const open = devices.getUserMedia.bind(devices)
    const unfiltered = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
    const small = { width: 160, height: 90, frameRate: 15 }
    devices.getUserMedia = (wish) => open({ ...(wish?.audio && { audio: unfiltered }), ...(wish?.video && { video: small }) })
  })
}
