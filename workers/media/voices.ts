/** Voices of others: each frame of a line is opened and given to the engine, which plays it. What does not open is never heard. */
import { FRAMES_SEALING } from '../../src/protocol/limits.ts'
import { encodeHead, type MediaId, parseLineFrame } from '../../src/protocol/media.ts'
import type { VoiceLayer } from '../../src/protocol/media-worker.ts'
import { Chain } from './chain.ts'
import type { Keyring, Opened } from './keyring.ts'

export type VoicePorts = {
  readonly keyring: Keyring
  /** Nothing of it is played: also not what was being opened when it was hushed. */
  readonly isHushed: () => boolean
  /** 0 to 1, of a frame that came from this source. */
  readonly heard: (source: MediaId, layer: VoiceLayer, bytes: number, level: number) => void
  readonly unopened: (source: MediaId, generation: number) => void
}

type Line = { readonly readable: ReadableStream<RTCEncodedAudioFrame>; readonly writable: WritableStream<RTCEncodedAudioFrame> }
type OpenedFrame = { readonly frame: RTCEncodedAudioFrame; readonly opened: Opened }

/** Until the connection is closed. A line carries the voice of the tab at its other end, and no other. */
export async function playVoice(line: Line, source: MediaId, layer: VoiceLayer, ports: VoicePorts): Promise<void> {
  const reader = line.readable.getReader()
  const writer = line.writable.getWriter()
  const play = ({ frame, opened }: OpenedFrame) => {
    if (opened.kind !== 'frame') {
      ports.unopened(source, opened.generation)
      return
    }
    if (ports.isHushed()) return
    frame.data = opened.plain.buffer
    ports.heard(source, layer, opened.plain.byteLength, levelOf(frame))
    writer.write(frame).catch(() => undefined)
  }
  const chain = new Chain(FRAMES_SEALING, play, () => undefined)
  try {
    for (;;) {
      const { value: frame, done } = await reader.read()
      if (done) return
      const parsed = parseLineFrame(new Uint8Array(frame.data))
      if (parsed === undefined || parsed.head.source !== source || parsed.head.layer !== layer || chain.isFull) continue
      const { head, sealed } = parsed
      chain.add(ports.keyring.open(source, encodeHead(head), sealed).then((opened) => ({ frame, opened })))
    }
  } catch {
    // The connection was closed.
  }
}

/** Chromium's; the library of types does not know it. */
function levelOf(frame: RTCEncodedAudioFrame): number {
  return (frame.getMetadata() as { readonly audioLevel?: number }).audioLevel ?? 0
}
