/**
 * A log read at the door and planned again in slices, with as long a rest after each as it took: whatever else the device
 * does, a call first, goes on between them.
 */
import { isPolicy } from '../../src/core/replay/policy-names.ts'
import { type Replay, replaySteps } from '../../src/core/replay/replay-meeting.ts'
import { REPLAY_SLICE_MS } from '../../src/protocol/limits.ts'
import { parseMeetingLog } from '../../src/protocol/meeting-log.ts'
import type { ReplayNews, ReplayRequest } from '../../src/protocol/replay-worker.ts'

export type Surroundings = {
  readonly tell: (news: ReplayNews<Replay>) => void
  readonly nowMs: () => number
  readonly rest: (ms: number) => Promise<void>
}

export async function replayFile(
  { file, policies }: ReplayRequest<Pick<Blob, 'text'>>,
  { tell, nowMs, rest }: Surroundings,
): Promise<void> {
  const log = parseMeetingLog(await file.text())
  if (log === undefined) return tell({ t: 'no-log' })
  const steps = replaySteps(log, policies.filter(isPolicy))
  let sinceMs = nowMs()
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return tell({ t: 'replayed', replay: step.value })
    const workedMs = nowMs() - sinceMs
    if (workedMs < REPLAY_SLICE_MS) continue
    tell({ t: 'step', ...step.value })
    await rest(workedMs)
    sinceMs = nowMs()
  }
}
