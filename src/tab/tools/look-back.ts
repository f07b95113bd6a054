/** Has a log planned again by a worker of its own, which goes with it. Nothing that takes long happens on the main thread. */
import { nameTabs } from '../../core/replay/name-tabs.ts'
import { POLICY_NAMES } from '../../core/replay/policy-names.ts'
import type { Replay } from '../../core/replay/replay-meeting.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LookBack, LookBackOptions, LookedBack } from '../../ports/look-back.ts'
import type { Presence } from '../../ports/room-state.ts'
import { RoomError } from '../../protocol/errors.ts'
import { LOG_FILE_BYTES, REPLAY_SLICE_MS } from '../../protocol/limits.ts'
import type { MeetingLog } from '../../protocol/meeting-log.ts'
import type { ReplayNews, ReplayRequest } from '../../protocol/replay-worker.ts'

type Parts = { readonly clock: Clock; readonly presence: Pick<Presence, 'all'>; readonly signal: AbortSignal }

const REFUSALS = {
  'no-log': 'This file is no log of a meeting that this version can read. Choose another one; nothing changed.',
  'too-large': 'This file is larger than any log of a meeting. Choose another one; nothing changed.',
} as const

export function lookBack(parts: Parts): LookBack {
  return {
    file: (log) => writeLog(log, parts.clock),
    async replay(log, options = {}) {
      const file = log instanceof Blob ? log : await writeLog(log, parts.clock)
      if (file.size > LOG_FILE_BYTES) return refused('too-large')
      const replay = await replayInWorker(file, options, parts.signal)
      return replay === undefined ? refused('no-log') : { kind: 'replayed', replay: nameTabs(replay, parts.presence.all().keys()) }
    },
  }
}

function refused(reason: keyof typeof REFUSALS): LookedBack {
  return { kind: 'refused', reason, text: REFUSALS[reason] }
}

/** Round by round: all of a large meeting at once would take a picture's time and more. */
async function writeLog({ t, rounds }: MeetingLog, clock: Clock): Promise<Blob> {
  const parts = [`{"t":${JSON.stringify(t)},"rounds":[`]
  let sinceMs = clock.monotonicMs()
  for (const [nth, round] of rounds.entries()) {
    parts.push(nth === 0 ? '' : ',', JSON.stringify(round))
    if (clock.monotonicMs() - sinceMs < REPLAY_SLICE_MS) continue
    await new Promise<void>((done) => clock.after(0, done))
    sinceMs = clock.monotonicMs()
  }
  return new Blob([...parts, ']}'], { type: 'application/json' })
}

/** Undefined: it is no log. */
function replayInWorker(
  file: Blob,
  { policies = POLICY_NAMES, onProgress, signal }: LookBackOptions,
  leaving: AbortSignal,
): Promise<Replay | undefined> {
  const ends = AbortSignal.any([leaving, ...(signal === undefined ? [] : [signal])])
  return new Promise<Replay | undefined>((done, fail) => {
    if (ends.aborted) return fail(new RoomError('aborted'))
    const worker = new Worker(new URL('../../../workers/replay.worker.ts', import.meta.url), { type: 'module', name: 'replay' })
    const end = () => {
      ends.removeEventListener('abort', stop)
      worker.terminate()
    }
    const stop = () => {
      end()
      fail(new RoomError('aborted'))
    }
    ends.addEventListener('abort', stop)
    worker.onmessage = ({ data }: MessageEvent<ReplayNews<Replay>>) => {
      if (data.t === 'step') return onProgress?.({ done: data.done, of: data.of })
      end()
      done(data.t === 'replayed' ? data.replay : undefined)
    }
    worker.onerror = ({ message }) => {
      end()
      fail(new RoomError('browser-lacking', `replay worker: ${message}`))
    }
    worker.postMessage({ t: 'replay', file, policies } satisfies ReplayRequest<Blob>)
  })
}
