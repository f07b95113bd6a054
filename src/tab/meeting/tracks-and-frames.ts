/** Tracks as streams of frames and back: Chromium's, on windows only; the streams go to the worker. Not yet in TypeScript's library. */
type Processor<T> = { readonly readable: ReadableStream<T> }
type Generator = MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> }

declare const MediaStreamTrackProcessor: new <T>(init: { track: MediaStreamTrack; maxBufferSize?: number }) => Processor<T>
declare const MediaStreamTrackGenerator: new (init: { kind: 'video' }) => Generator

export function canTurnTracks(): boolean {
  return 'MediaStreamTrackProcessor' in globalThis && 'MediaStreamTrackGenerator' in globalThis
}

/** Frames nobody took in time are dropped, the oldest first. */
export function framesOf(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  return new MediaStreamTrackProcessor<VideoFrame>({ track, maxBufferSize: 2 }).readable
}

/** Each is 10 ms: a reader that stands still for a second loses none. */
export function samplesOf(track: MediaStreamTrack): ReadableStream<AudioData> {
  return new MediaStreamTrackProcessor<AudioData>({ track, maxBufferSize: 100 }).readable
}

export function trackOfFrames(): { readonly track: MediaStreamTrack; readonly frames: WritableStream<VideoFrame> } {
  const generator = new MediaStreamTrackGenerator({ kind: 'video' })
  return { track: generator, frames: generator.writable }
}
