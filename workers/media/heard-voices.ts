/**
 * Voices of others: each frame of a line is opened and given to the engine, which plays it. What does not open is never
 * heard. A line carries the voice of the tab at its other end; a slot carries voices that this tab asked that one for, and
 * none of them twice or from long ago.
 */
import { hearOn, leaveWay, noWays, type Ways } from '../../src/core/call/frames/choose-way.ts'
import { distance } from '../../src/core/call/frames/recent-sequences.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { FRAMES_SEALING } from '../../src/protocol/limits.ts'
import { encodeHead, type FrameHead, type MediaId, parseLineFrame, type StreamId, streamKey } from '../../src/protocol/media.ts'
import { isVoice, type VoiceLayer, type VoiceLine, type VoiceWay } from '../../src/protocol/media-worker.ts'
import { Chain } from './chain.ts'
import type { Keyring, Opened } from './keyring.ts'

export type HeardPorts = {
  readonly keyring: Keyring
  readonly isHushed: (stream: StreamId) => boolean
  /** This hop was asked for a voice that is not its own. */
  readonly isAskedOf: (stream: StreamId, hop: MediaId) => boolean
  /** It is the hop that a voice is planned to come from. */
  readonly isPlanned: (stream: StreamId, hop: MediaId) => boolean
  /** Heard here, and not only passed on. */
  readonly isPlayed: (stream: StreamId) => boolean
  /** 0 to 1, of a frame that came from this source. */
  readonly heard: (source: MediaId, layer: VoiceLayer, from: MediaId, bytes: number, level: number) => void
  readonly unopened: (source: MediaId, generation: number) => void
  readonly moved: (source: MediaId, layer: VoiceLayer, way: VoiceWay | undefined) => void
  readonly pass: (stream: StreamId, frame: RTCEncodedAudioFrame, payload: Bytes, level: number) => void
}

export type Incoming = { readonly readable: ReadableStream<RTCEncodedAudioFrame>; readonly writable: WritableStream<RTCEncodedAudioFrame> }
type VoiceStream = { readonly source: MediaId; readonly layer: VoiceLayer }
type Came = {
  readonly frame: RTCEncodedAudioFrame
  readonly head: FrameHead
  readonly stream: VoiceStream
  readonly payload: Bytes
  readonly opened: Opened
}
type Heard = { readonly stream: VoiceStream; ways: Ways<string>; newest: number }
type End = VoiceWay & { readonly key: string; newest: Map<string, number>; voice: string | undefined; hasCome: boolean }

/** Two ways may be so far apart: what is older is a recording. */
const BEHIND_FRAMES = 150

export class HeardVoices {
  readonly #ports: HeardPorts
  readonly #voices = new Map<string, Heard>()
  readonly #ends = new Map<string, End>()

  constructor(ports: HeardPorts) {
    this.#ports = ports
  }

  /** Until the connection is closed. */
  async play({ readable, writable }: Incoming, hop: MediaId, line: VoiceLine): Promise<void> {
    const reader = readable.getReader()
    const writer = writable.getWriter()
    const end: End = { hop, line, key: `${hop} ${line}`, newest: new Map(), voice: undefined, hasCome: false }
    this.#ends.set(end.key, end)
    const chain = new Chain<Came>(
      FRAMES_SEALING,
      (came) => this.#hear(end, came, writer),
      () => undefined,
    )
    try {
      for (;;) {
        const { value: frame, done } = await reader.read()
        if (done) break
        end.hasCome = true
        const payload = new Uint8Array(frame.data)
        const parsed = parseLineFrame(payload)
        const stream = parsed === undefined ? undefined : voiceOf(parsed.head)
        if (parsed === undefined || stream === undefined || !this.#mayCome(end, stream) || chain.isFull) continue
        const { head, sealed } = parsed
        const opening = this.#ports.keyring.open(stream, encodeHead(head), sealed)
        chain.add(opening.then((opened) => ({ frame, head, stream, payload, opened })))
      }
    } catch {
      // The connection was closed.
    }
    this.#leave(end)
    if (this.#ends.get(end.key) === end) this.#ends.delete(end.key)
  }

  /** Lines of a hop on which something came since this was asked last, whatever it was. */
  takeCome(hop: MediaId): readonly VoiceLine[] {
    const come = [...this.#ends.values()].filter((end) => end.hop === hop && end.hasCome)
    for (const end of come) end.hasCome = false
    return come.map(({ line }) => line)
  }

  /** Its link is gone. */
  dropHop(hop: MediaId): void {
    for (const end of [...this.#ends.values()].filter((one) => one.hop === hop)) this.#leave(end)
  }

  #mayCome({ hop, line }: End, stream: VoiceStream): boolean {
    return isVoice(line) ? stream.source === hop && stream.layer === line : stream.source !== hop && this.#ports.isAskedOf(stream, hop)
  }

  #hear(end: End, { frame, head, stream, payload, opened }: Came, writer: WritableStreamDefaultWriter): void {
    const { source, layer } = stream
    if (opened.kind !== 'frame') this.#ports.unopened(source, opened.generation)
    // Also what was being opened when it was hushed.
    if (opened.kind === 'false' || this.#ports.isHushed(stream) || !this.#isNew(end, stream, head.sequence, opened)) return
    const isPresent = this.#follow(end, stream)
    const level = levelOf(frame)
    if (isPresent) this.#ports.pass(stream, frame, payload, level)
    if (opened.kind !== 'frame' || !this.#ports.isPlayed(stream)) return
    if (isPresent) this.#ports.heard(source, layer, end.hop, opened.plain.byteLength, level)
    frame.data = opened.plain.buffer
    writer.write(frame).catch(() => undefined)
  }

  /** On a line of its own the link itself is proof enough; a slot brings each frame once, and none that is long over. */
  #isNew(end: End, stream: VoiceStream, sequence: number, { kind }: Opened): boolean {
    const key = streamKey(stream)
    const voice = this.#voices.get(key)
    const newest = voice?.newest ?? sequence
    if (end.hop !== stream.source) {
      const last = end.newest.get(key)
      if ((last !== undefined && distance(sequence, last) <= 0) || distance(sequence, newest) < -BEHIND_FRAMES) return false
      // What does not open says nothing: its head may be forged.
      if (kind === 'frame') end.newest = new Map([[key, sequence]])
    }
    if (kind === 'frame' && voice !== undefined && distance(sequence, voice.newest) > 0) voice.newest = sequence
    if (kind === 'frame' && voice === undefined) this.#voices.set(key, { stream, ways: noWays(), newest: sequence })
    return true
  }

  /** True when it is heard by this end. */
  #follow(end: End, stream: VoiceStream): boolean {
    const key = streamKey(stream)
    if (end.voice !== key) {
      this.#leave(end)
      end.voice = key
    }
    const voice = this.#voices.get(key)
    if (voice === undefined) return true
    const before = voice.ways.present
    voice.ways = hearOn(voice.ways, end.key, this.#ports.isPlanned(stream, end.hop), performance.now())
    if (voice.ways.present !== before) this.#tell(voice)
    return voice.ways.present === end.key
  }

  #leave(end: End): void {
    const voice = end.voice === undefined ? undefined : this.#voices.get(end.voice)
    end.voice = undefined
    if (voice === undefined) return
    const before = voice.ways.present
    voice.ways = leaveWay(voice.ways, end.key)
    if (voice.ways.present !== before) this.#tell(voice)
  }

  #tell({ stream: { source, layer }, ways }: Heard): void {
    const end = ways.present === undefined ? undefined : this.#ends.get(ways.present)
    this.#ports.moved(source, layer, end && { hop: end.hop, line: end.line })
  }
}

function voiceOf({ source, layer }: FrameHead): VoiceStream | undefined {
  return isVoice(layer) ? { source, layer } : undefined
}

/** Chromium's; the library of types does not know it. */
function levelOf(frame: RTCEncodedAudioFrame): number {
  return (frame.getMetadata() as { readonly audioLevel?: number }).audioLevel ?? 0
}
