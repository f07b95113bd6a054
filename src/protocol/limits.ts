/**
 * Every bound that keeps one peer, file or message from taking a tab down with it. A number stands here once, with
 * the reason for its size and what would change it. Units come last in each name.
 */

const KIB = 1024
const MIB = 1024 * KIB

/** One control frame (hello, signal, rendezvous, command). An SDP with 8 transceivers measures about 12 KiB. */
export const CONTROL_FRAME_BYTES = 64 * KIB

/** One frame of room state. Larger updates travel in parts, so a frame never holds a stream for long. */
export const STATE_FRAME_BYTES = 256 * KIB

/** Room state altogether: 10,000 files with 8 copies each measure about 6 MiB as a Yjs update. */
export const STATE_BYTES = 32 * MIB

/** Frames waiting to be written to one libp2p stream; a peer that reads slower than this is cut and dialed again. */
export const STREAM_SEND_QUEUE_BYTES = 4 * MIB

/** Plaintext of one UnixFS leaf: the `unixfs-v1-2025` profile, so our CIDs are those of `ipfs add`. */
export const CHUNK_BYTES = 1 * MIB

/** Children of one UnixFS node, from the same profile. */
export const NODE_CHILDREN = 1024

/** A block is a leaf or a node: 1,024 links of about 55 bytes stay well under one leaf. */
export const BLOCK_BYTES = CHUNK_BYTES + 64 * KIB

/** Depth of a UnixFS DAG we follow: 1,024^4 leaves is more than any file; deeper is an attack. */
export const DAG_DEPTH = 4

/** Payload of one data-channel message. Chromium takes 256 KiB; 64 KiB keeps commands responsive between them. */
export const DATA_PAYLOAD_BYTES = 64 * KIB

/** Header before each payload: transfer, block index, offset, block length, 4 bytes each. */
export const DATA_HEADER_BYTES = 16

/** Bytes a receiver lets one sender have in flight: 16 MiB covers 26 MB/s at half a second of scheduling delay. */
export const CREDIT_WINDOW_BYTES = 16 * MIB

/** Receivers hand credit back in steps, not per message: one command per 2 MiB. */
export const CREDIT_STEP_BYTES = 2 * MIB

/** Sender pauses when a data channel holds this much; Chromium closes the channel near 16 MiB. */
export const DATA_CHANNEL_HIGH_WATER_BYTES = 4 * MIB

/** Blocks in one want message; the CIDs of 64 blocks are about 3 KiB. */
export const WANT_BLOCKS = 64

/** Blocks asked of one holder and not yet arrived. */
export const BLOCKS_IN_FLIGHT = 16

/** Transfers one peer may have open with us; a transfer is one want message. */
export const TRANSFERS_PER_PEER = 8

/** Blocks that may wait in memory for the block store; beyond it the reader stops giving credit. */
export const STORE_QUEUE_BYTES = 32 * MIB

/** Frames of unknown type a peer may send before it is cut: a newer minor version may send a few. */
export const UNKNOWN_FRAMES = 16

/** Control frames of one peer per second before it is cut. 30 joins at once make about 40. */
export const CONTROL_FRAMES_PER_SECOND = 500

/** Members of one room; full mesh stops being sensible long before. */
export const MEMBERS = 300

/** Entries of the membership log: joins and role changes over a room's life. */
export const MEMBERSHIP_ENTRIES = 10_000

/** A membership log longer than this travels in several frames. */
export const ENTRIES_PER_FRAME = 100

/** Files of one room. */
export const FILES = 100_000

/** A person's name as shown, in Unicode code points; longer is cut, not refused. */
export const MEMBER_NAME_CHARS = 60

/** A file's name as shown. 255 is what file systems take; a 300-character name is cut before its extension. */
export const FILE_NAME_CHARS = 255

/** One chat message, in code points. */
export const CHAT_TEXT_CHARS = 4_000

/** Chat messages kept in the room state; older ones are dropped from the front. */
export const CHAT_MESSAGES = 2_000

/** One rendezvous record, sealed. */
export const RENDEZVOUS_RECORD_BYTES = 2 * KIB

/** Records of one room that a relay keeps and hands out. */
export const RENDEZVOUS_RECORDS = 400

/** SDP of one description. */
export const SDP_BYTES = 48 * KIB

/** Candidates kept while the description they belong to has not arrived. */
export const EARLY_CANDIDATES = 64

/** RTCPeerConnections one tab may hold: Chromium allows 500 uncollected ones per renderer. */
export const PEER_CONNECTIONS = 100

/** No protocol timer is shorter than this in a hidden tab: browsers throttle timers there to one a minute. */
export const HIDDEN_TAB_TIMER_MS = 60_000

/** A hello must be over by then, or the connection is closed: strangers may not sit on connections. */
export const HELLO_TIMEOUT_MS = 10_000

/** First wait before dialing a peer again; doubles up to REDIAL_MAX_MS, with jitter of a quarter. */
export const REDIAL_MIN_MS = 500
export const REDIAL_MAX_MS = 30_000

/** Hops through which a peer may be reached when the relay is gone: direct, or one other tab. */
export const CARRIERS_TRIED = 3

/** Tabs that each tab asks to carry signaling for it. */
export const CARRIERS_RESERVED = 3

/** A disconnected link is given this long to heal by itself before an ICE restart. */
export const ICE_RESTART_AFTER_MS = 2_000

/** A tab whose connection is gone this long is shown as gone. */
export const MEMBER_GONE_MS = 4_000
