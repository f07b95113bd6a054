/**
 * Encoded frames of senders and receivers, by the older of the two interfaces for them: it alone lets a frame leave by
 * another connection than it came from. A connection made for it passes no frame that nobody takes by the hand, so plain
 * tracks on it are passed through.
 */
export type EncodedStreams = { readonly readable: ReadableStream; readonly writable: WritableStream }

type Coded = { createEncodedStreams?(): EncodedStreams }

/** For the configuration of a connection; browsers that do not know it ignore it. */
export const ENCODED_STREAMS: RTCConfiguration & { readonly encodedInsertableStreams: true } = { encodedInsertableStreams: true }

export function hasEncodedStreams(): boolean {
  return 'RTCRtpSender' in globalThis && 'createEncodedStreams' in RTCRtpSender.prototype
}

/** Once for each sender or receiver. */
export function takeEncodedStreams(coded: RTCRtpSender | RTCRtpReceiver): EncodedStreams {
  const streams = (coded as Coded).createEncodedStreams?.()
  if (streams === undefined) throw new TypeError('this engine hands out no encoded frames')
  return streams
}

export function passThrough(coded: RTCRtpSender | RTCRtpReceiver): void {
  const { readable, writable } = takeEncodedStreams(coded)
  // Ends with its connection.
  readable.pipeTo(writable).catch(() => {})
}
