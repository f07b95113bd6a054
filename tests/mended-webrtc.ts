/** @libp2p/webrtc as everything is bundled with: the app, and the pages of tests that dial. */
import type { Plugin } from 'vite'

/**
 * Who dials opens a channel `init`, and the other side closes it when it is ready. When that was quicker, @libp2p/webrtc
 * 6.0 waited for the closed channel to open: one dial in fifteen hung until it was given up. Fails when the text has
 * changed, so that it goes when it is not needed any more.
 */
export function mendedWebRtc(): Plugin {
  const mends = [
    ["if (channel.readyState !== 'open') {", "if (channel.readyState === 'connecting') {"],
    ["await pEvent(channel, 'close', {", "if (channel.readyState !== 'closed') await pEvent(channel, 'close', {"],
  ] as const
  return {
    name: 'mended-webrtc',
    transform: {
      filter: { id: /@libp2p\/webrtc\/.*\/initiate-connection\.js$/ },
      handler(code) {
        for (const [text] of mends) if (!code.includes(text)) this.error(`@libp2p/webrtc has no more: ${text}`)
        return mends.reduce((mended, [text, better]) => mended.replace(text, better), code)
      },
    },
  }
}
