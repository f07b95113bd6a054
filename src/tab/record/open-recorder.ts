/**
 * Recording a call on this device: everybody is told, then what is composed here is kept, until it is stopped or has to end.
 * What it takes to record is loaded with the first recording.
 */
import { type EndReason, whyEnd } from '../../core/record/why-end.ts'
import type { Listener, Recorder, RecorderState, RecordOptions, Unsubscribe } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import { RECORD_NOTICE_MS } from '../../protocol/limits.ts'
import type { ToolParts } from '../tools/parts.ts'
import type { RunningRecording } from './run-recording.ts'

const FAILURES: Readonly<Partial<Record<EndReason, string>>> = {
  full: 'This device has no room left, so the recording ended. What was kept before is among the files.',
  slow: 'This device could not store as fast as it recorded, so the recording ended. What was kept before is among the files.',
  broken: 'The recording broke off. What was kept before is among the files.',
}

export class CallRecorder implements Recorder {
  state: RecorderState = { kind: 'off', folder: undefined }
  readonly #parts: ToolParts
  readonly #listeners = new Set<Listener>()
  #running: RunningRecording | undefined
  /** Of the start that counts: another one, or a stop, makes it stale. */
  #attempt = 0
  #stopping: Promise<void> | undefined

  constructor(parts: ToolParts) {
    this.#parts = parts
    const stops = [parts.call.subscribe(() => this.#look()), parts.session.subscribe(() => this.#look())]
    parts.signal.addEventListener('abort', () => {
      for (const stop of stops) stop()
      void this.stop()
    })
  }

  subscribe(listener: Listener): Unsubscribe {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async start({ pieceMs }: RecordOptions = {}): Promise<void> {
    if (this.state.kind !== 'off' && this.state.kind !== 'failed') return
    if (this.#whyEnd() !== undefined) throw new RoomError('role-refused', 'recording')
    const attempt = ++this.#attempt
    const before = this.state
    this.#become({ kind: 'starting' })
    try {
      const { openPicture, RunningRecording } = await import('./run-recording.ts')
      const composite = await openPicture(this.#parts)
      try {
        await this.#tell(true)
        await this.#wait(RECORD_NOTICE_MS)
        if (attempt !== this.#attempt) {
          composite.close()
          // It may have been stopped before all were told that it begins.
          return await this.#tellOver()
        }
        const folder = folderName(new Date(this.#parts.clock.nowMs()))
        this.#running = new RunningRecording(this.#parts, composite, { folder, pieceMs }, () => this.#look())
      } catch (error) {
        composite.close()
        throw error
      }
      this.#look()
    } catch (error) {
      if (attempt === this.#attempt) this.#become(before)
      void this.#tellOver()
      throw error
    }
  }

  stop(): Promise<void> {
    return this.#stop(undefined)
  }

  #stop(reason: EndReason | undefined): Promise<void> {
    this.#stopping ??= this.#end(reason).finally(() => {
      this.#stopping = undefined
    })
    return this.#stopping
  }

  async #end(reason: EndReason | undefined): Promise<void> {
    this.#attempt++
    const running = this.#running
    this.#running = undefined
    if (running === undefined) {
      if (this.state.kind === 'starting') this.#become({ kind: 'off', folder: undefined })
      return this.#tellOver()
    }
    const { folder } = running.folder
    const saved = running.end()
    this.#become({ kind: 'saving', folder })
    await this.#tellOver()
    await saved
    const last = reason ?? running.folder.trouble ?? (running.isBroken ? 'broken' : undefined)
    const text = last === undefined ? undefined : FAILURES[last]
    this.#become(text === undefined ? { kind: 'off', folder } : { kind: 'failed', text, folder })
  }

  /** Whatever changed: it may have to end, and its figures are others. */
  #look(): void {
    const running = this.#running
    if (running === undefined) {
      if (this.state.kind === 'starting' && this.#whyEnd() !== undefined) void this.stop()
      return
    }
    const reason = this.#whyEnd()
    if (reason !== undefined) {
      void this.#stop(reason)
      return
    }
    const { bytes, beganAtMs, folder } = running
    const isSame = this.state.kind === 'recording' && this.state.bytes === bytes
    if (!isSame) this.#become({ kind: 'recording', sinceMs: beganAtMs, bytes, folder: folder.folder })
  }

  #whyEnd(): EndReason | undefined {
    const { call, session } = this.#parts
    const running = this.#running
    return whyEnd({
      isInCall: call.state === 'in' && session.state.participants.some(({ isMe, place }) => isMe && place === 'in'),
      mayRecord: session.state.mayModerate,
      waitingBytes: running?.folder.waitingBytes ?? 0,
      trouble: running?.folder.trouble ?? (running?.isBroken ? 'broken' : undefined),
    })
  }

  async #tell(recording: boolean): Promise<void> {
    const { session } = this.#parts
    const said = session.state.participants.find(({ isMe }) => isMe)?.capture
    if (said !== undefined && said.recording !== recording) await session.tellCapture({ recording })
  }

  /** Who has left the call is told of nothing any more: what was said of them lapsed with it. */
  async #tellOver(): Promise<void> {
    await this.#tell(false).catch(() => undefined)
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(ms, resolve))
  }

  #become(state: RecorderState): void {
    this.state = state
    for (const listener of [...this.#listeners]) listener()
  }
}

/** By this device's clock, to the second: two recordings never share one. No colons, which some disks do not take. */
function folderName(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `Recordings/${day} ${[two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join('.')}`
}
