/**
 * A pair whose link cannot come up, as behind two routers that let nothing in: descriptions of links say whose they are, and
 * candidates of the other one are dropped on both sides. Everything else of the two works.
 */
import type { BrowserContext } from '@playwright/test'

export function withoutLink(self: string, other: string): (context: BrowserContext) => Promise<void> {
  return async (context) => {
    await context.addInitScript(
      ({ self, other }) => {
        const Connection = RTCPeerConnection
        const links = new WeakSet<RTCPeerConnection>()
        const cut = new WeakSet<RTCPeerConnection>()
        // biome-ignore lint/suspicious/noGlobalAssign: the page's own connections are to be of this kind
        RTCPeerConnection = class extends Connection {
          constructor(config?: RTCConfiguration) {
            super(config)
            if (config !== undefined && 'encodedInsertableStreams' in config) links.add(this)
          }

          override get localDescription() {
            const description = super.localDescription
            if (description === null || !links.has(this)) return description
            return new RTCSessionDescription({ type: description.type, sdp: `${description.sdp}a=x-name:${self}\r\n` })
          }

          override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
            const sdp = description.sdp ?? ''
            if (!sdp.includes(`a=x-name:${other}`)) return super.setRemoteDescription(description)
            cut.add(this)
            return super.setRemoteDescription({ type: description.type, sdp: sdp.replaceAll(/a=candidate:[^\r]*\r\n/g, '') })
          }

          override addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
            return cut.has(this) ? Promise.resolve() : super.addIceCandidate(candidate ?? undefined)
          }
        }
      },
      { self, other },
    )
  }
}
