/**
 * Runs in the media worker of a tab before the worker's own code, and makes of its engine one that forgets: of the self-test and of each
 * voice line the first transform is told to nobody, of the first pipe none ever. All ways are long, so that pictures go by pipes; a
 * device with too much to do takes none for long, so this one is told of no pressure.
 */
import type { MediaId } from '../../../src/protocol/media.ts'
import type { TransformOptions } from '../../../src/protocol/media-worker.ts'

const LONG_RTT_MS = 60

type Said = { readonly t: string; readonly hop: MediaId; rttMs: number }
/** Which pipe of its page it is of; all that are set for one pipe count as it. */
type Counted = TransformOptions & { readonly nth?: number }

const known = new Set<string>()
const forgotten: string[] = []
Object.assign(globalThis, { forgotten })

self.addEventListener('rtctransform', (event: Event & { readonly transformer?: { readonly options: Counted } }) => {
  const options = event.transformer?.options
  if (options === undefined) return
  const name = options.kind === 'voice' ? `${options.hop} ${options.line}` : options.kind
  const isForgotten = options.kind === 'pipe' ? options.nth === 1 : !known.has(name)
  known.add(name)
  if (!isForgotten) return
  forgotten.push(options.kind)
  event.stopImmediatePropagation()
})

Reflect.deleteProperty(globalThis, 'PressureObserver')

self.addEventListener('message', ({ data }: MessageEvent<Said>) => {
  if (data.t === 'way') data.rttMs = LONG_RTT_MS
})
