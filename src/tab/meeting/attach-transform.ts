/**
 * Frames of a receiver, for the media worker. Of about 500 transforms the engine forgets to tell its worker of one (Chromium since
 * 141), and nothing ever comes of that receiver. So the worker says of each that it has it; one of which that is not heard in time
 * is set anew.
 */
import type { Clock } from '../../ports/clock.ts'
import { TRANSFORM_TOLD_MS, TRANSFORM_TRIES } from '../../protocol/limits.ts'
import type { TransformOf, TransformOptions } from '../../protocol/media-worker.ts'
import type { MediaWorker } from './media-worker.ts'

/** So that one of before is not taken for the latest. */
let count = 0

/** Until the worker has it, or the returned function is called. */
export function attachTransform(
  media: Pick<MediaWorker, 'worker' | 'onNews'>,
  clock: Clock,
  receiver: Pick<RTCRtpReceiver, 'transform'>,
  of: TransformOf,
): () => void {
  let stop = () => {}
  const attempt = (tries: number, waitMs: number) => {
    const options: TransformOptions = { ...of, id: ++count }
    const cancel = clock.after(waitMs, () => {
      stop()
      console.info('asterism: meeting: a line was not attached', of.kind, tries)
      if (tries < TRANSFORM_TRIES) attempt(tries + 1, waitMs * 2)
    })
    const unhear = media.onNews((news) => {
      if (news.t === 'attached' && news.id === options.id) stop()
    })
    stop = () => {
      cancel()
      unhear()
    }
    receiver.transform = new RTCRtpScriptTransform(media.worker, options)
  }
  attempt(1, TRANSFORM_TOLD_MS)
  return () => stop()
}
