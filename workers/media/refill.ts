/**
 * Copies of encoded frames with other bytes in them. The engine counts and times such a copy as its own, and takes its
 * buffer away when it is written: each copy needs bytes of its own.
 */
import type { Bytes } from '../../src/protocol/bytes.ts'

// The library of types knows the constructors without the frame that is copied.
const VideoCopy = globalThis.RTCEncodedVideoFrame as unknown as new (frame: RTCEncodedVideoFrame) => RTCEncodedVideoFrame
const AudioCopy = globalThis.RTCEncodedAudioFrame as unknown as new (frame: RTCEncodedAudioFrame) => RTCEncodedAudioFrame

export function copyOfVideo(frame: RTCEncodedVideoFrame): RTCEncodedVideoFrame {
  return new VideoCopy(frame)
}

export function refillVideo(frame: RTCEncodedVideoFrame, bytes: Bytes): RTCEncodedVideoFrame {
  const copy = new VideoCopy(frame)
  copy.data = bytes.buffer
  return copy
}

export function refillAudio(frame: RTCEncodedAudioFrame, bytes: Bytes): RTCEncodedAudioFrame {
  const copy = new AudioCopy(frame)
  copy.data = bytes.buffer
  return copy
}
