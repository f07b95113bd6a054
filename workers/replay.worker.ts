/** Plans a logged meeting again, off the main thread. It lives for one log. */
import type { Replay } from '../src/core/replay/replay-meeting.ts'
import type { ReplayNews, ReplayRequest } from '../src/protocol/replay-worker.ts'
import { replayFile } from './replay/replay-file.ts'

declare const self: DedicatedWorkerGlobalScope

self.onmessage = ({ data }: MessageEvent<ReplayRequest<Blob>>) => {
  void replayFile(data, {
    tell: (news: ReplayNews<Replay>) => self.postMessage(news),
    nowMs: () => performance.now(),
    rest: (ms) => new Promise((done) => setTimeout(done, ms)),
  })
}
