/** Encodes one picture and one sound and cuts them into files that play by themselves, off the main thread. Loaded when a call is recorded. */
import type { RecordNews, RecordRequest } from '../src/protocol/record-worker.ts'
import { Recording } from './record/recording.ts'

declare const self: DedicatedWorkerGlobalScope

let recording: Recording | undefined

function tell(news: RecordNews): void {
  self.postMessage(news, news.t === 'piece' ? [news.data] : [])
  if (news.t === 'ended') self.close()
}

self.onmessage = ({ data }: MessageEvent<RecordRequest<ReadableStream<VideoFrame>, ReadableStream<AudioData>>>) => {
  switch (data.t) {
    case 'begin':
      recording = new Recording(data, tell)
      return
    case 'end':
      void recording?.end()
      return
    default:
      return data satisfies never
  }
}
