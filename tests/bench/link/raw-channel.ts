/**
 * The ceiling: one RTCDataChannel between two pages, nothing on top. The receiver says go and counts; bytes are thrown
 * away. The page keeps the channel's buffer between two marks, which is as fast as a channel goes.
 */
import type { Page } from 'playwright'

type Peer = { readonly connection: RTCPeerConnection; readonly channel: RTCDataChannel }

declare global {
  var rawPeer: Peer
}

/** MiB/s, from the receiver's go to its last byte. */
export async function measureRawChannel([sender, receiver]: readonly Page[], totalBytes: number, messageBytes: number): Promise<number> {
  if (sender === undefined || receiver === undefined) throw new Error('two pages are needed')
  const offer = await sender.evaluate(describe, null)
  const answer = await receiver.evaluate(describe, offer)
  await sender.evaluate((answer) => rawPeer.connection.setRemoteDescription(answer), answer)
  await sender.evaluate(serve, { totalBytes, messageBytes })
  const seconds = await receiver.evaluate(receive, totalBytes)
  return totalBytes / 1024 / 1024 / seconds
}

/** Makes a peer and its whole description, candidates included: an offer, or the answer to one. */
async function describe(offer: RTCSessionDescriptionInit | null): Promise<RTCSessionDescriptionInit> {
  const connection = new RTCPeerConnection()
  const channel = connection.createDataChannel('bytes', { negotiated: true, id: 0 })
  channel.binaryType = 'arraybuffer'
  globalThis.rawPeer = { connection, channel }
  if (offer !== null) await connection.setRemoteDescription(offer)
  await connection.setLocalDescription()
  while (connection.iceGatheringState !== 'complete')
    await new Promise((done) => connection.addEventListener('icegatheringstatechange', done, { once: true }))
  return connection.localDescription?.toJSON() as RTCSessionDescriptionInit
}

/** Makes the bytes before anybody waits for them, and sends on the first message. */
async function serve({ totalBytes, messageBytes }: { totalBytes: number; messageBytes: number }): Promise<void> {
  const HIGH_WATER_BYTES = 8 * 1024 * 1024
  const bytes = new Uint8Array(totalBytes)
  for (let offset = 0; offset < totalBytes; offset += 65_536) crypto.getRandomValues(bytes.subarray(offset, offset + 65_536))
  const { channel } = rawPeer
  channel.bufferedAmountLowThreshold = HIGH_WATER_BYTES / 4
  const send = async () => {
    for (let offset = 0; offset < totalBytes; offset += messageBytes) {
      if (channel.bufferedAmount > HIGH_WATER_BYTES)
        await new Promise((done) => channel.addEventListener('bufferedamountlow', done, { once: true }))
      channel.send(bytes.subarray(offset, offset + messageBytes))
    }
  }
  channel.addEventListener('message', () => void send(), { once: true })
}

/** Seconds from go to the last byte. */
async function receive(totalBytes: number): Promise<number> {
  const { channel } = rawPeer
  if (channel.readyState !== 'open') await new Promise((done) => channel.addEventListener('open', done, { once: true }))
  const startMs = performance.now()
  let received = 0
  return new Promise((done) => {
    channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      received += data.byteLength
      if (received === totalBytes) done((performance.now() - startMs) / 1000)
    })
    channel.send('go')
  })
}
