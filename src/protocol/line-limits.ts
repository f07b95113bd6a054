/** Bounds of what goes from tab to tab by lines: pipes, voices, and the keys that open both. Each with the reason for its size. */
import { MEDIA_LIFETIME_MS } from './meeting-limits.ts'

/**
 * A frame that would stand longer in a pipe is not given to it. A channel counts what waits in this device, a pipe also what others have
 * standing in the same line: half as much, and a picture beside somebody's upload would stand still where it is late.
 */
export const PIPE_LIFETIME_MS = 2 * MEDIA_LIFETIME_MS

/** A pipe of which nothing arrives for this long, by an other side that speaks, is left: four reports would have come. */
export const PIPE_SILENT_MS = 2_000

/** The worker says by then that it has a transform, or it is set anew; after twice as long each time, so often. It takes a few milliseconds. */
export const TRANSFORM_TOLD_MS = 2_000
export const TRANSFORM_TRIES = 5

/**
 * Senders whose keys are kept, those who told one last: a full room, and as many who left since. Nobody says that a sender is gone for
 * ever: its word of a new key may be here before the news that it came back.
 */
export const KEY_SOURCES = 600

/** Frames of a voice that wait while the engine stands still; what is said later is worth more than what was said this long ago. */
export const VOICE_FRAMES_WAITING = 10
