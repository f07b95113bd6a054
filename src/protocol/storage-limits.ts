/** Bounds of keeping and moving files. Read through `limits.ts`, whose rules hold here as well. */

const KIB = 1024
const MIB = 1024 * KIB

/** Plaintext of one UnixFS leaf: the `unixfs-v1-2025` profile, so our CIDs are those of `ipfs add`. */
export const CHUNK_BYTES = 1 * MIB

/** Children of one UnixFS node, from the same profile. */
export const NODE_CHILDREN = 1024

/** A block is a leaf or a node: 1,024 links of about 55 bytes stay well under one leaf. */
export const BLOCK_BYTES = CHUNK_BYTES + 64 * KIB

/** Payload of one data-channel message. Chromium takes 256 KiB; 64 KiB keeps commands responsive between them. */
export const DATA_PAYLOAD_BYTES = 64 * KIB

/** Header before each payload: transfer, block index, offset, block length, 4 bytes each. */
export const DATA_HEADER_BYTES = 16

/** Bytes a receiver lets one sender have in flight: 16 MiB covers 26 MB/s at half a second of scheduling delay. */
export const CREDIT_WINDOW_BYTES = 16 * MIB

/**
 * A link begins with this much in flight. Measured between two tabs of one machine, 32 MiB: 128 KiB that grow run at 20 to
 * 35 MiB/s; 4 MiB at once at 11 to 13, with a second of standing still, and 1 MiB does that every other time.
 */
export const CREDIT_START_BYTES = 128 * KIB

/** What may be in flight grows by one byte for every eight that arrive: the full window after 128 MiB. */
export const CREDIT_GROWTH = 8

/** A round trip above this is distance; below it, it is a busy machine next door. */
export const FAR_MS = 15

/** Over a long path: 512 KiB are 50 ms of 10 MiB/s, and the window may widen as fast as the path's own. */
export const CREDIT_FAR_START_BYTES = 512 * KIB
export const CREDIT_FAR_GROWTH = 1

/** Receivers hand credit back in steps, not per message: at most 2 MiB a command. */
export const CREDIT_STEP_BYTES = 2 * MIB

/** Of a block that is not urgent so much goes to the channel at once: an urgent one begins after it. */
export const SEND_BYTES = 4 * DATA_PAYLOAD_BYTES

/** Sender pauses when a data channel holds this much; Chromium closes the channel near 16 MiB. */
export const DATA_CHANNEL_HIGH_WATER_BYTES = 4 * MIB

/** Blocks in one want message; the CIDs of 64 blocks are about 3 KiB. */
export const WANT_BLOCKS = 64

/** Blocks a holder reads from its store before the wire takes them: hides the store's latency, costs 4 MiB a link. */
export const READ_AHEAD_BLOCKS = 4

/** Wants a tab remembers after cancelling them, because their data may still be under way: a few seeks in a row cancel all open ones each. */
export const CANCELLED_WANTS = 512

/** Nothing heard from a holder for this long while it owes blocks: they are asked of another. */
export const HOLDER_SILENT_MS = 15_000

/** A holder that could not give a block is asked for it again after this long. */
export const REFUSED_FOR_MS = 20_000

/** Blocks put into the store in one transaction: at 8 of 1 MiB, IndexedDB is an order of magnitude faster than the wire. */
export const STORE_BATCH_BLOCKS = 8

/** Batches an import may have under way to the store: one being written while the next is hashed. */
export const IMPORT_BATCHES = 2

/** How long the service worker waits for a block that a tab is fetching before a stream fails. */
export const BLOCK_WAIT_MS = 60_000

/** Changes of file progress are told to the page at most this often. */
export const FILES_TOLD_MS = 100

/** Finished files are announced to the room together, at most this often: 10,000 small files are few updates. */
export const ANNOUNCE_MS = 250

/** Transfers one peer may have open with us; a transfer is one want message, and a reader's fragments are asked for one by one. */
export const TRANSFERS_PER_PEER = 32

/** Blocks that may wait in memory for the block store; beyond it the reader stops giving credit. */
export const STORE_QUEUE_BYTES = 32 * MIB

/** Files of one room. */
export const FILES = 100_000

/** A file's name as shown. 255 is what file systems take; a 300-character name is cut before its extension. */
export const FILE_NAME_CHARS = 255

/** Plaintext of one sealed segment: a GCM call below 64 KiB costs more in calls than in bytes. */
export const SEGMENT_BYTES = 64 * KIB

/** The GCM tag after each segment. */
export const SEGMENT_TAG_BYTES = 16

/** Of a sealed segment's hash so much is in the manifest: nobody finds other bytes for one of 16, and a film of 5 GB has 80,000 of them. */
export const SEGMENT_DIGEST_BYTES = 16

/** Segments fetched ahead of the rest of a chunk, where somebody begins to read: any range of 64 KiB, the first second of a film. */
export const PEEK_SEGMENTS = 2

/**
 * Segments come in pieces of this many bytes, from several holders and over several lanes at once: Chromium sends four packets at
 * first and twice as many each round trip, so that 11 KiB take two and 64 KiB four.
 */
export const PEEK_PIECE_BYTES = 11 * KIB

/** Late is a piece after two round trips and this: another holder is asked before anybody sees a pause. */
export const PEEK_LATE_MS = 80

/** The last holder there is for a piece has this long before the chunk is asked for as a whole. */
export const PEEK_LAST_MS = 1_000

/** The service worker waits this long for a tab to say anything of segments it asked for. */
export const PEEK_WAIT_MS = 3_000

/** Chunks of which a part was fetched and not stored; one asked for again comes whole. */
export const PEEKED_CHUNKS = 256

/** Rows of one object, data and parity: past 32 the field's codes are others than ours, and no room needs them. */
export const OBJECT_ROWS = 32

/** Chunks named by one page of a manifest: 512 of 32 rows are 680 KiB, well under a block. */
export const MANIFEST_PAGE_CHUNKS = 512

/** Pages of one manifest: as many as 256 GiB need. */
export const MANIFEST_PAGES = 512

/** Files up to this size are packed together when many are added at once, and never coded. */
export const SMALL_FILE_BYTES = 256 * KIB

/** Devices named by one plan: rows times the copies of each. */
export const PLAN_SLOTS = 128

/** Single lost fragments a device names of one object; with more it withdraws the row. */
export const HOLES = 64

/** Objects of one room: each file at least one, with some slack for those in the bin. */
export const OBJECTS = 100_000

/** A removed file can be brought back this long, by anybody. */
export const BIN_MS = 24 * 60 * 60_000

/** How long the screen offers to take a removal back at once. */
export const UNDO_MS = 10_000

/** Copies below this many devices are shown as a risk, whatever profile was wished for. */
export const FLOOR_DEVICES = 3

/** A device away for this long is taken for lost and its copies are replaced, unless the planner knows better of it. */
export const LOST_MS = 14 * 24 * 60 * 60_000

/** Blocks named by one answer about a shelf: 1,000 ids are about 60 KiB. */
export const STORE_LIST_BLOCKS = 1_000

/** Asked for in one want of ordinary fetching: half of a window, so the other half hides the round trip. */
export const ASK_BYTES = 8 * MIB

/** Fragments asked of one holder and not yet arrived; small ones reach this before they fill a window. */
export const FRAGMENTS_IN_FLIGHT = 128

/** While somebody reads, so much may be on its way for keeping besides: enough to go on for hours, too little to be waited for. */
export const KEEP_BESIDE_READS_BYTES = 1 * MIB

/** A reader that has its chunks asks for the next within this time, or is done for now. */
export const READ_PAUSE_MS = 1_000

/** Bytes on their way to readers: four readers, each 8 chunks ahead. They may be more than what waits for the store. */
export const READ_BYTES_IN_FLIGHT = 32 * MIB

/** Fragments the store is asked about at once: 1,024 ids are about 60 KiB. */
export const LOOK_FRAGMENTS = 1_024

/** Fragments one object may lack at a time before the store is asked about more: enough to fill several holders' windows. */
export const LACKING_FRAGMENTS = 256

/** A fragment for a reader is late this long after twice its expected time: a busy tab answers within it. */
export const LATE_MS = 200

/** What a holder is taken for before anything came from it. */
export const RATE_AT_FIRST_BYTES_PER_SECOND = 4 * MIB

/** Wrong blocks from one tab after which nothing more is asked of it: its disk checks what it reads, so one is odd and three are meant. */
export const HOLDER_BLAMES = 3

/** Fragments being made of others at the same time: the kernel is fast, but it runs on the thread of the page. */
export const MAKES_AT_ONCE = 2

/** A chunk that somebody urgently waits for is fetched in parts from this many holders at most. */
export const STRIPE_HOLDERS = 4

/** Bytes of a file read at once: in Chromium 1 MiB at a time costs 4.4 ms of CPU per MiB, 4 MiB 2.5, 16 MiB 1.6. */
export const FILE_READ_BYTES = 4 * MIB

/** Chunks an import seals side by side while the next is read: on two cores six are no faster than four. */
export const IMPORT_CHUNKS = 4

/** Signatures of records made or checked in one turn of the page: in Chromium each is a twelfth of a millisecond of its very thread. */
export const RECORDS_CHECKED_AT_ONCE = 64

/** A record that somebody keeps forging is written again this often: seldom enough that two stubborn tabs cost nothing. */
export const RESTORE_MS = 5_000

/** Pieces of a CAR that wait for whoever takes it: one being written while the next is made. */
export const EXPORT_PIECES = 4

/** What a device keeps for rooms unless its owner says otherwise: a file of 5 GB, and some more; the browser's own bound holds as well. */
export const OWNER_QUOTA_BYTES = 8 * 1024 * MIB

/** Opened manifests the service worker remembers: a page of pictures, or a film somebody seeks in. One of 5 GB takes about 2 MiB. */
export const OPEN_MANIFESTS = 16

/** Bytes a second that an idle device reads to see whether its disk is sound: a tenth of what a slow disk gives. */
export const SCRUB_BYTES_PER_SECOND = 4 * MIB

/** The whole store is read through this often. */
export const SCRUB_ROUND_MS = 24 * 60 * 60_000

/** Files and bytes handed over at once while a folder is added: enough to pack small ones well, little enough to stop soon. */
export const ADD_BATCH_FILES = 256
export const ADD_BATCH_BYTES = 64 * MIB

/** Files added one by one, each with a row of its own; more than this are told as one. */
export const ADD_SINGLY_FILES = 20

/** Where the browser gives no file to write into, what is saved passes through memory: a tab may take about this much. */
export const SAVE_IN_MEMORY_BYTES = 512 * MIB

/** A text is looked at by its first part. */
export const TEXT_PREVIEW_BYTES = 64 * KIB

/** A picture without an address is read into memory to be shown. */
export const PICTURE_PREVIEW_BYTES = 32 * MIB

/** Chunks of opened manifests kept in memory: 32 GiB of files, about 10 MiB of hashes. A larger object stays while it is used. */
export const BOOK_CHUNKS = 32_768

/** Manifest blocks being fetched at a time; each is a round trip, and 10,000 objects come one after the other. */
export const MANIFESTS_FETCHED_AT_ONCE = 16

/** A device says anew what it is worth as a place this often; each time is one signed record in the room's document. */
export const DEVICE_TOLD_MS = 5 * 60_000

/** Chunks of objects let go of in one walk over everything held: their ids take about 10 MiB. */
export const LET_GO_CHUNKS = 16_384

/** Fragments a device reads and hashes when it comes back, before its copies count: about half a second. */
export const CHECK_SAMPLES = 64

/** Objects whose rows are being fetched at a time: enough to fill the wire with one-chunk objects, few enough to hold in memory. */
export const KEEPS_ACTIVE = 32

/** Work over thousands of objects stops for the page after this long; a frame is 16 ms. */
export const SLICE_MS = 6

/** Changes of one moment are planned for together after this long. */
export const PLAN_SETTLE_MS = 250

/** Whoever's turn to repair comes next waits this long for the one before: signing and telling takes a fraction of it. */
export const PLAN_TURN_MS = 2_500

/** All plans are looked at again this often, for what only time tells: that somebody will not come back. */
export const PLANS_AGAIN_MS = 10 * 60_000

/** Plans signed and written into the document together. */
export const PLANS_AT_ONCE = 100

/** Whether something may be erased is looked at this often; nothing waits for it. */
export const UNWANTED_LOOK_MS = 5 * 60_000

/** What readers left behind is looked through this long after the first of it: a film is many chunks. */
export const READ_NOTED_MS = 3_000

/** A reader waits this long for somebody who has what is lacking; after that the file says so, and may be tried again. */
export const READ_WAIT_MS = 10_000

/** A reader whose file nobody could describe asks again so often until then: cheap, since nobody is asked twice in a row. */
export const MANIFEST_AGAIN_MS = 250

/** Letting go of everything is over when nothing more went for this long: others had their turn to copy. */
export const RELEASE_QUIET_MS = 20_000

/** Chunks a get is ahead of its reader: with four, a slow holder at the front of the row left the others idle; 12 MiB of memory. */
export const GET_AHEAD_CHUNKS = 12

/** A plan's number may be above the clock of whoever reads it by this much: as far as the clocks of two devices are apart. */
export const PLAN_AHEAD_MS = 10 * 60_000

/** Of a file's signature this much stands beside its address: nobody makes two records that share it by chance. */
export const PUBLISHED_TAG_BYTES = 16
