/**
 * Two connections from this tab to itself, for what only a connection can make: one Opus encoding of each voice of this
 * tab, and the envelope in which frames travel by RTP. The encoded frames go to the worker and never reach the other end.
 */
import { MICROPHONE_BITS_PER_SECOND } from '../../protocol/limits.ts'
import type { VoiceLayer } from '../../protocol/media-worker.ts'
import { ENCODED_STREAMS, takeEncodedStreams } from '../link/encoded-streams.ts'
import type { Request } from './media-worker.ts'
import { trackOfFrames } from './tracks-and-frames.ts'

const VOICES = ['audio', 'screen-audio'] as const
const ENVELOPE_EVERY_MS = 25
/** The encoder gives its first frame at once; it is asked for this long. */
const ENVELOPES = 80

export class OwnEncoders {
  readonly #voices = new Map<VoiceLayer, RTCRtpSender>()
  readonly #ends: readonly [RTCPeerConnection, RTCPeerConnection]
  #stopDrawing = () => {}

  constructor(post: (request: Request) => void) {
    this.#ends = [new RTCPeerConnection(ENCODED_STREAMS), new RTCPeerConnection()]
    const [from] = this.#ends
    for (const layer of VOICES) {
      const sendEncodings = [{ maxBitrate: MICROPHONE_BITS_PER_SECOND }]
      const { sender } = from.addTransceiver('audio', { direction: 'sendonly', sendEncodings })
      this.#voices.set(layer, sender)
      post({ t: 'publish-voice', layer, streams: takeEncodedStreams(sender) })
    }
    const { track, frames } = trackOfFrames()
    const { sender } = from.addTransceiver(track, { direction: 'sendonly' })
    post({ t: 'envelope', streams: takeEncodedStreams(sender) })
    this.#draw(frames.getWriter())
  }

  connect(): Promise<void> {
    return connectEnds(...this.#ends, quietly)
  }

  async setVoice(layer: VoiceLayer, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#voices.get(layer)
    if (sender !== undefined && sender.track !== track) await sender.replaceTrack(track)
  }

  /** One envelope is enough for ever. */
  stopEnvelopes(): void {
    this.#stopDrawing()
  }

  close(): void {
    this.#stopDrawing()
    for (const end of this.#ends) end.close()
  }

  #draw(writer: WritableStreamDefaultWriter<VideoFrame>): void {
    const canvas = new OffscreenCanvas(16, 16)
    canvas.getContext('2d')?.fillRect(0, 0, 16, 16)
    let drawn = 0
    const timer = setInterval(() => {
      if (++drawn > ENVELOPES) this.#stopDrawing()
      else writer.write(new VideoFrame(canvas, { timestamp: drawn * ENVELOPE_EVERY_MS * 1000 })).catch(() => {})
    }, ENVELOPE_EVERY_MS)
    this.#stopDrawing = () => {
      clearInterval(timer)
      writer.close().catch(() => {})
      this.#stopDrawing = () => {}
    }
  }
}

/** Two connections of this very page. */
export async function connectEnds(from: RTCPeerConnection, to: RTCPeerConnection, change = (sdp: string) => sdp): Promise<void> {
  from.onicecandidate = ({ candidate }) => void to.addIceCandidate(candidate ?? undefined).catch(() => {})
  to.onicecandidate = ({ candidate }) => void from.addIceCandidate(candidate ?? undefined).catch(() => {})
  await from.setLocalDescription()
  await to.setRemoteDescription(from.localDescription as RTCSessionDescription)
  await to.setLocalDescription()
  await from.setRemoteDescription({ type: 'answer', sdp: change(to.localDescription?.sdp ?? '') })
}

/** A voice that pauses sends next to nothing (RFC 7587, `usedtx`): thirty open microphones cost what those cost who speak. */
function quietly(sdp: string): string {
  return sdp.replaceAll('useinbandfec=1', 'useinbandfec=1;usedtx=1')
}
