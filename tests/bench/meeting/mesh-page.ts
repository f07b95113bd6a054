/**
 * The plain way, on an empty page: a connection for each receiver, so an encoder for each. The same camera, voice and rate as
 * ours; every description is made whole before it is handed over, so nothing is signalled but two texts.
 */
import { cameraConstraints } from '../../../src/tab/call/constraints.ts'
import { connections, openConnection, wholeDescription } from './page-connections.ts'

/** Of the note that the baselines come from; ours takes its own, which the bench writes beside it. */
const BITS_PER_SECOND = 800_000

type Description = RTCSessionDescriptionInit

const mesh = {
  async offer(count: number): Promise<Description[]> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: cameraConstraints(undefined) })
    return Promise.all(
      Array.from({ length: count }, async () => {
        const connection = openConnection()
        for (const track of stream.getTracks()) {
          const sendEncodings = track.kind === 'video' ? [{ maxBitrate: BITS_PER_SECOND }] : []
          connection.addTransceiver(track, { direction: 'sendonly', sendEncodings })
        }
        return wholeDescription(connection)
      }),
    )
  },
  answer(offers: readonly Description[]): Promise<Description[]> {
    return Promise.all(
      offers.map(async (offer) => {
        const connection = openConnection()
        await connection.setRemoteDescription(offer)
        return wholeDescription(connection)
      }),
    )
  },
  async accept(answers: readonly Description[]): Promise<void> {
    await Promise.all(answers.map((answer, n) => connections[n]?.setRemoteDescription(answer)))
  },
  /** Pictures decoded so far, and bytes, over all connections. */
  async received(): Promise<{ frames: number; bytes: number }> {
    let [frames, bytes] = [0, 0]
    for (const connection of connections) {
      for (const one of (await connection.getStats()).values()) {
        if (one.type !== 'inbound-rtp' || one.kind !== 'video') continue
        frames += one.framesDecoded ?? 0
        bytes += one.bytesReceived ?? 0
      }
    }
    return { frames, bytes }
  },
}

declare global {
  var plainMesh: typeof mesh
}
globalThis.plainMesh = mesh
