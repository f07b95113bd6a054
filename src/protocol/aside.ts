/**
 * What is written to some of a meeting only, on the same channel of a link as the meeting's own messages and to each of them
 * straight: it is in no log, and nobody passes it on. A link is bound to both devices, so these need no signatures. Whoever
 * does not know a message leaves it.
 */
import * as v from 'valibot'
import { idOf } from './frame.ts'
import { parseDeviceId } from './ids.ts'
import { CHAT_TEXT_CHARS } from './limits.ts'

/** Drawn by who writes; of each device a message with the same one is the same message. */
const asideId = v.pipe(v.string(), v.regex(/^[\w-]{16}$/))

/** For whom it is. */
const aside = v.variant('kind', [
  v.object({ kind: v.literal('sub-room'), id: v.pipe(v.string(), v.maxLength(32)) }),
  v.object({ kind: v.literal('whisper'), to: idOf(parseDeviceId) }),
])
export type Aside = v.InferOutput<typeof aside>

export const asideMessage = v.variant('t', [
  /** Two code units for each code point, at most. */
  v.object({ t: v.literal('aside'), id: asideId, to: aside, text: v.pipe(v.string(), v.maxLength(2 * CHAT_TEXT_CHARS)) }),
  /** It came, and is shown. Until then it is told again. */
  v.object({ t: v.literal('aside-read'), id: asideId }),
])
export type AsideMessage = v.InferOutput<typeof asideMessage>
