/** Bounds of what is done to the own sound and picture. Each with the reason for its size and what would change it. */

/** Over so long the work of the background is measured: a few dozen frames. */
export const EFFECT_WINDOW_MS = 2_000

/** Of the worker's time for looking and blurring, at most; the rest is left for frames that cost more than the mean. */
export const EFFECT_BUSY_SHARE = 0.6

/** People are looked for in each eighth frame at least: at 24 a second an outline then lags a third of a second, no more. */
export const EFFECT_LOOK_EVERY_MAX = 8

/** Fewer frames than these, from a worker without rest, are a call that stutters because of the blur. */
export const EFFECT_FRAMES_PER_SECOND_MIN = 8

/** So many such windows one after another: a machine that is busy for a moment recovers. */
export const EFFECT_SLOW_WINDOWS = 3

/** The worker is asked for a sign of life this often, and hangs when none came by the next time. */
export const EFFECT_PING_MS = 5_000

/** Loading 10 MB over a slow line, and compiling them on a small device. */
export const EFFECT_LOAD_MS = 60_000

/** The filter of the microphone is tried with a test tone, and is given so long until it lets sound through. */
export const EFFECT_NOISE_READY_MS = 5_000

/** Of a file that is chosen as a background: more than any photograph, and read into memory once. */
export const EFFECT_PICTURE_FILE_BYTES = 32 * 1024 * 1024

/** Decoded, four bytes each: cameras of phones make 50 million, and a small file may claim any number. */
export const EFFECT_PICTURE_PIXELS = 64_000_000

/** What is kept of it, on its longer side: twice what the large picture of a call shows. The second when the first is still too long. */
export const EFFECT_PICTURE_SIDES = [1_280, 640] as const

/** Of the picture as text in the browser's store for this site, which takes about five million. */
export const EFFECT_PICTURE_CHARS = 1_000_000
