/**
 * The network between two pages, lost for good: every RTCPeerConnection they have with each other ends on both sides.
 * Chromium offers no way to cut WebRTC from outside, so a script that runs before the page's own keeps a list of what
 * the page opens; the page itself knows nothing of it.
 */
import type { BrowserContext, Page } from '@playwright/test'

declare global {
  var openedConnections: RTCPeerConnection[]
}

export async function watchConnections(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    globalThis.openedConnections = []
    const Native = globalThis.RTCPeerConnection
    globalThis.RTCPeerConnection = class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        globalThis.openedConnections.push(this)
      }
    }
  })
}

/** Which connections lead to the other page is told by the certificates in their descriptions. Gives how many were cut. */
export async function cutWires(one: Page, other: Page): Promise<number> {
  const [ofOne, ofOther] = [await ownFingerprints(one), await ownFingerprints(other)]
  const [cut] = await Promise.all([closeTowards(one, ofOther), closeTowards(other, ofOne)])
  return cut
}

function ownFingerprints(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    openedConnections.flatMap(({ localDescription }) => localDescription?.sdp.match(/a=fingerprint:\S+ \S+/g) ?? []),
  )
}

/** A close by our own hand fires nothing, a network that is gone does: the page is told as the browser would. */
function closeTowards(page: Page, fingerprints: readonly string[]): Promise<number> {
  return page.evaluate((fingerprints) => {
    const doomed = openedConnections.filter(
      ({ remoteDescription, connectionState }) =>
        connectionState !== 'closed' && fingerprints.some((one) => remoteDescription?.sdp.includes(one)),
    )
    for (const connection of doomed) {
      connection.close()
      connection.dispatchEvent(new Event('connectionstatechange'))
    }
    return doomed.length
  }, fingerprints)
}
