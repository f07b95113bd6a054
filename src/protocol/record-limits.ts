/** Bounds of what is composed and recorded in a tab. */

const MIB = 1024 * 1024

/** One piece of a recording: what a tab that dies loses, and what one has to fetch to look into it. */
export const RECORD_PIECE_MS = 60_000

/** Shorter ones an app may ask for; each is a file, with its manifest and its places, and begins with a key frame. */
export const RECORD_PIECE_MIN_MS = 2_000

/** A minute at RECORD_BITS_PER_SECOND measures 9 MiB; a busy picture may go above. It is held in memory until it is stored. */
export const RECORD_PIECE_BYTES = 16 * MIB

/** Pieces that wait to be stored: four, then the disk is too slow for this. */
export const RECORD_WAITING_BYTES = 64 * MIB

/** 720 lines at 15 pictures a second of faces and slides. */
export const RECORD_BITS_PER_SECOND = 1_200_000

/** Two channels of speech and what is watched together. */
export const RECORD_AUDIO_BITS_PER_SECOND = 96_000

/** From telling everybody until the first frame is kept: time to read the note, and to say something. */
export const RECORD_NOTICE_MS = 2_000

/** From one key frame to the next: who looks for a place in a recording waits for no more than these to be decoded. */
export const RECORD_KEY_MS = 10_000

/** Pictures in the encoder: more means that it is too slow, and the next one is left out. */
export const RECORD_FRAMES_ENCODING = 4

/** Somebody else speaks this long before they stand large. */
export const LARGE_AFTER_MS = 1_500

/** A silence within one turn of a speaker. */
export const TURN_PAUSE_MS = 1_500

/** Turns of one recording: ten hours of talk with a turn every four seconds, 1 MiB as JSON. */
export const SPEAKER_TURNS = 10_000
