/** Whether frames that were encoded elsewhere leave and arrive by a connection of this engine: tried, since nothing tells by name. */
import type { Clock } from '../../ports/clock.ts'
import { SELF_TEST_MS } from '../../protocol/limits.ts'
import { ENCODED_STREAMS, hasEncodedStreams, takeEncodedStreams } from '../link/encoded-streams.ts'
import { attachTransform } from './attach-transform.ts'
import type { MediaWorker } from './media-worker.ts'
import { connectEnds } from './own-encoders.ts'
import { canTurnTracks } from './tracks-and-frames.ts'

/** What a look can tell. */
export function mayForward(): boolean {
  return hasEncodedStreams() && canTurnTracks() && 'RTCRtpScriptTransform' in globalThis && 'VideoEncoder' in globalThis
}

/** Needs the envelope on its way to the worker. */
export async function testEngine(media: MediaWorker, clock: Clock): Promise<boolean> {
  const [from, to] = [new RTCPeerConnection(ENCODED_STREAMS), new RTCPeerConnection()]
  let detach = () => {}
  try {
    const { sender } = from.addTransceiver('video', { direction: 'sendonly' })
    to.ontrack = ({ receiver }) => {
      detach = attachTransform(media, clock, receiver, { kind: 'test' })
    }
    const [tested, coded] = [media.first('tested', SELF_TEST_MS), hasCodec()]
    media.post({ t: 'test', streams: takeEncodedStreams(sender) })
    await connectEnds(from, to)
    return (await tested) !== undefined && (await coded)
  } catch (error) {
    console.debug('meeting: self-test failed', error)
    return false
  } finally {
    detach()
    from.close()
    to.close()
  }
}

/** Sealed pictures are VP8 for everybody, since who passes them on cannot change them. Plain tracks agree in pairs on what both have. */
async function hasCodec(): Promise<boolean> {
  const size = { width: 640, height: 360 }
  const [encoding, decoding] = await Promise.all([
    VideoEncoder.isConfigSupported({ codec: 'vp8', ...size, scalabilityMode: 'L1T3' }),
    VideoDecoder.isConfigSupported({ codec: 'vp8' }),
  ])
  return encoding.supported === true && decoding.supported === true
}
