/**
 * One recording, from its first frame to its last file: the composite of the call goes to a worker, whose pieces go into the
 * room while it runs, with who spoke when at the end.
 */
import { widthOf } from '../../core/record/arrange-picture.ts'
import { pieceLength, pieceName } from '../../core/record/cut-pieces.ts'
import { endTimeline, hearSpeakers, SILENT_TIMELINE } from '../../core/record/speaker-timeline.ts'
import { type KeptPiece, speakersJson, speakersVtt } from '../../core/record/tell-speakers.ts'
import type { Composite } from '../../ports/tools.ts'
import type { RecordNews, RecordRequest } from '../../protocol/record-worker.ts'
import { framesOf, samplesOf } from '../meeting/tracks-and-frames.ts'
import type { ToolParts } from '../tools/parts.ts'
import { openComposite } from './composite.ts'
import { FolderWriter } from './folder-writer.ts'
import { whoIsThere } from './who-is-there.ts'

type Request = RecordRequest<ReadableStream<VideoFrame>, ReadableStream<AudioData>>
const SHAPE = { heightPx: 720, fps: 15 } as const

export class RunningRecording {
  bytes = 0
  isBroken = false
  readonly folder: FolderWriter
  readonly beganAtMs: number
  readonly #parts: ToolParts
  readonly #composite: Composite
  readonly #worker = new Worker(new URL('../../../workers/record.worker.ts', import.meta.url), { type: 'module', name: 'record' })
  readonly #onChange: () => void
  readonly #beganMs: number
  readonly #kept: Promise<KeptPiece | undefined>[] = []
  readonly #stopListening: () => void
  #timeline = SILENT_TIMELINE
  #ended = () => {}
  readonly #over = new Promise<void>((resolve) => {
    this.#ended = resolve
  })

  /** `composite` is this recording's from now on. */
  constructor(
    parts: ToolParts,
    composite: Composite,
    { folder, pieceMs }: { readonly folder: string; readonly pieceMs: number | undefined },
    onChange: () => void,
  ) {
    this.#parts = parts
    this.#composite = composite
    this.#onChange = onChange
    this.beganAtMs = parts.clock.nowMs()
    this.#beganMs = parts.clock.monotonicMs()
    this.folder = new FolderWriter(parts.files, folder, onChange)
    this.#worker.onmessage = ({ data }: MessageEvent<RecordNews>) => this.#hear(data)
    this.#worker.onerror = ({ message }) => this.#hear({ t: 'broken', text: message })
    const [video, audio] = [framesOf(composite.video), samplesOf(composite.audio)]
    const shape = { width: widthOf(SHAPE.heightPx), height: SHAPE.heightPx, fps: SHAPE.fps }
    const request: Request = { t: 'begin', video, audio, ...shape, pieceMs: pieceLength(pieceMs) }
    this.#worker.postMessage(request, [video, audio])
    this.#stopListening = parts.presence.subscribe(() => this.#listen())
    this.#listen()
  }

  /** Nothing is taken of the call any more when it returns; it resolves when what was taken is stored, as far as it can be. */
  end(): Promise<void> {
    const durationMs = this.#nowMs()
    this.#stopListening()
    this.#worker.postMessage({ t: 'end' } satisfies Request)
    this.#composite.close()
    return this.#finish(durationMs)
  }

  async #finish(durationMs: number): Promise<void> {
    await this.#over
    this.#worker.terminate()
    const pieces = (await Promise.all(this.#kept)).filter((piece) => piece !== undefined)
    if (pieces.length === 0) return
    const { nameOf, presence } = this.#parts
    const turns = endTimeline(this.#timeline, durationMs)
    const recordedBy = nameOf(presence.self.device)
    const told = { beganAtMs: this.beganAtMs, durationMs, recordedBy, turns, nameOf, pieces }
    const json = this.folder.keep('speakers.json', 'application/json', speakersJson(told))
    await Promise.all([json, this.folder.keep('speakers.vtt', 'text/vtt', speakersVtt(told))])
  }

  #hear(news: RecordNews): void {
    switch (news.t) {
      case 'grown':
        this.bytes = news.bytes
        break
      case 'piece':
        this.#kept.push(this.#keep(news))
        break
      case 'ended':
        this.#ended()
        break
      case 'broken':
        console.warn('asterism: the recording broke', news.text)
        this.isBroken = true
        break
      default:
        news satisfies never
    }
    this.#onChange()
  }

  async #keep({ piece, fromMs, toMs, data }: Extract<RecordNews, { t: 'piece' }>): Promise<KeptPiece | undefined> {
    const name = pieceName(piece)
    const bytes = data.byteLength
    const isKept = await this.folder.keep(name, 'video/webm', data)
    return isKept ? { name, fromMs: Math.round(fromMs), toMs: Math.round(toMs), bytes } : undefined
  }

  #listen(): void {
    const speaking = whoIsThere(this.#parts).flatMap(({ person, isSpeaking }) => (isSpeaking ? [person] : []))
    this.#timeline = hearSpeakers(this.#timeline, new Set(speaking), this.#nowMs())
  }

  #nowMs(): number {
    return Math.round(this.#parts.clock.monotonicMs() - this.#beganMs)
  }
}

export function openPicture(parts: ToolParts): Promise<Composite> {
  return openComposite(parts, SHAPE)
}
