/**
 * Every bound that keeps one peer, file or message from taking a tab down with it. A number stands here once, with
 * the reason for its size and what would change it. Units come last in each name.
 */

export * from './balance-limits.ts'
export * from './door-limits.ts'
export * from './effects-limits.ts'
export * from './line-limits.ts'
export * from './meeting-limits.ts'
export * from './record-limits.ts'
export * from './storage-limits.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** One control frame (hello, signal, rendezvous, command). An SDP with 8 transceivers measures about 12 KiB. */
export const CONTROL_FRAME_BYTES = 64 * KIB

/** One frame of room state. Larger updates travel in parts, so a frame never holds a stream for long. */
export const STATE_FRAME_BYTES = 256 * KIB

/** Plaintext of one part of room state; a frame is a part, its seal and its head. */
export const STATE_PART_BYTES = 192 * KIB

/** Room state altogether: 10,000 files with 8 copies each measure about 6 MiB as a Yjs update. */
export const STATE_BYTES = 32 * MIB

/** Frames waiting to be written to one libp2p stream; a peer that reads slower than this is cut and dialed again. */
export const STREAM_SEND_QUEUE_BYTES = 4 * MIB

/** Frames of unknown type a peer may send before it is cut: a newer minor version may send a few. */
export const UNKNOWN_FRAMES = 16

/** Control frames of one peer per second before it is cut. 30 joins at once make about 40. */
export const CONTROL_FRAMES_PER_SECOND = 500

/** Members of one room; full mesh stops being sensible long before. */
export const MEMBERS = 300

/** Entries of the membership log: joins and role changes over a room's life. */
export const MEMBERSHIP_ENTRIES = 10_000

/** Entries kept until the ones they were written after arrive; the log is sent in order, so few ever wait. */
export const MEMBERSHIP_WAITING = 1_000

/** Entries named as predecessors by one entry; more open heads than this are merged by the entries that follow. */
export const ENTRY_PREDECESSORS = 16

/** A membership log longer than this travels in several frames. */
export const ENTRIES_PER_FRAME = 100

/** A person's name as shown, in Unicode code points; longer is cut, not refused. */
export const MEMBER_NAME_CHARS = 60

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

/** A hello must be over by then, or the connection is closed: strangers may not sit on connections. */
export const HELLO_TIMEOUT_MS = 10_000

/** So many dials in a row without an answer, over so long, and people are told that there is somebody they do not see. */
export const UNREACHED_DIALS = 2
export const UNREACHED_MS = 25_000

/** First wait before dialing a peer again; doubles up to REDIAL_MAX_MS, with jitter of a quarter. */
export const REDIAL_MIN_MS = 500
export const REDIAL_MAX_MS = 30_000

/** Of two tabs that learn of each other the lower id dials; the other waits this long for it: a dial by WebRTC takes about one. */
export const YIELD_DIAL_MS = 3_000

/** Whom a tab is connected to is told this long after a change, so that a tab that comes into a full room is told of a few times. */
export const SEES_TOLD_MS = 250

/** Whom the relay lists anew has this long to dial; with two at a time of a second each it gets to 20 others. */
export const NEWCOMER_DIALS_MS = 10_000

/**
 * Dials one tab has under way: each costs an RTCPeerConnection, a handshake and a burst of signaling. There are half as
 * many after one that took DIAL_SLOW_MS, and one more after each that took no longer than DIAL_QUICK_MS.
 */
export const DIALS_AT_ONCE = 4
export const DIALS_WHEN_SLOW = 2
export const DIAL_QUICK_MS = 1_500
export const DIAL_SLOW_MS = 3_000

/** A tab whose hello was refused is left alone this long: its person has to reload, or it is a stranger. */
export const REFUSED_WAIT_MS = 60_000

/** What members say of a tab that said goodbye is old news for this long. */
export const GOODBYE_MS = 30_000

/** Tabs that a tab keeps track of: all a relay lists, and some room for those only heard of. */
export const KNOWN_TABS = 500

/** Hops through which a peer may be reached when the relay is gone: direct, or one other tab. */
export const CARRIERS_TRIED = 3

/** Tabs that each tab asks to carry signaling for it. */
export const CARRIERS_RESERVED = 3

/** More of them while tabs are apart that none of the first can see: a bridge between two halves of a room, and its spares. */
export const CARRIERS_BETWEEN = 3

/** A disconnected link is given this long to heal by itself before an ICE restart. */
export const ICE_RESTART_AFTER_MS = 2_000

/** A tab whose connection is gone this long is shown as gone. */
export const MEMBER_GONE_MS = 4_000

/** Streams of one protocol that one connection may have open at a time: one in use, one being replaced, some slack. */
export const CONTROL_STREAMS = 4

/** What one tab passes on for two others to introduce them: an SDP exchange with its candidates is about 30 KiB. */
export const INTRODUCTION_BYTES = 512 * KIB
export const INTRODUCTION_MS = 60_000

/** Two who are connected say the last word of their introduction by then. */
export const INTRODUCED_MS = 5_000

/** How long a tab stays ready to pass dials on to another before it is asked again. */
export const RESERVATION_MS = 30 * 60_000

/** The first dial to a tab; measured ones take 0.1 to 1.2 s, and up to 4 s on a machine that is starting eight tabs. */
export const DIAL_FIRST_MS = 5_000

/** A dial that takes longer is given up and tried another way. */
export const DIAL_TIMEOUT_MS = 15_000

/** ICE is restarted again this often while a link stays cut: a path through a TURN relay may need several seconds. */
export const ICE_RESTART_AGAIN_MS = 8_000

/** An offer without an answer is sent again: long against a round trip and a tab busy with eight joins at once. */
export const ANSWER_OVERDUE_MS = 5_000

/** A link that is still not connected this long after signaling is back is replaced by a fresh one. */
export const LINK_RENEW_AFTER_MS = 30_000

/** Pause before a link that broke is replaced, so that two tabs that always fail do not spin. */
export const LINK_RENEW_PAUSE_MS = 1_000

/** Notices kept for people; more than a screen of them helps nobody. */
export const NOTICES = 20

/** Rooms remembered on the first page. */
export const RECENT_ROOMS = 12

/** Sessions of one pair remembered after they ended, so that a late message is told from a fresh start. */
export const RETIRED_SESSIONS = 64

/** Data frames waiting for a full data channel: 4 MiB, as much as the channel itself holds. */
export const LINK_FRAMES_WAITING = 64

/** Commands a peer has not taken in yet; a thousand times what an orderly transfer has under way. */
export const COMMAND_BUFFER_BYTES = 1 * MIB

/** A link is looked at this often, and one of its sides asks the other; a device unheard for AWAY_MS is shown as away, so two may be lost or late. */
export const LINK_PING_MS = 1_500

/** The side that is asked all the time asks by itself this many times less often: 6 s, while nothing of blocks leaves. */
export const LINK_LOOKS_A_PING = 4

/** While block bytes leave: what is sent follows the round trip. */
export const LINK_PING_BUSY_MS = 400

/** What one camera may use on one link: 640x360 looks right at 600 kbit/s, and 7 copies fit an uplink of 5 Mbit/s. */
export const CAMERA_BITS_PER_SECOND = 600_000

/** A shared screen must keep text readable; it moves little. */
export const SCREEN_BITS_PER_SECOND = 1_500_000

/** Opus speech is transparent well below this. */
export const MICROPHONE_BITS_PER_SECOND = 40_000

/** A signal stream that ended is opened again after this pause; the attempt costs nothing while there is no connection. */
export const SIGNAL_REOPEN_MS = 1_000

/** A tab that the relay saw going, or whose link stalls, is asked; without an answer by then it is gone. */
export const LIVENESS_MS = 2_000

/**
 * A control connection is asked so often whether it lives, and given up without an answer by then. Each question opens a stream;
 * connections of tabs that die end by themselves within 15 s, and a machine with more to do than it can stands still for
 * seconds: giving up then makes everybody dial everybody at the worst moment. Of eight idle tabs a third of all messages were
 * these, asked every 30 s.
 */
export const CONTROL_ASK_MS = 60_000
export const CONTROL_SILENT_MS = 20_000

/** Signals of one link that wait for the browser: an offer with all its candidates is about 30. */
export const LINK_BACKLOG = 256

/** Sound this long is speech: shorter is a door or a key. */
export const SPEAKING_START_MS = 150

/** Silence this long ends speech: pauses between words are shorter. */
export const SPEAKING_END_MS = 900

/** The level meter and the speaking ring are told to the page at most this often. */
export const LEVEL_TOLD_MS = 100

/** A device unheard for this long counts as away; its copies stay and count as stored. */
export const AWAY_MS = 4_000

/** RTCPeerConnections of one pair for bulk bytes, the link itself among them: each has a congestion window of its own. */
export const LANES = 4

/** Devices a room remembers, with those long gone: as many as may ever have joined. */
export const KNOWN_DEVICES = 10_000

/** RTCPeerConnections of one tab that are further lanes: with the links themselves they stay under PEER_CONNECTIONS. */
export const LANE_CONNECTIONS = 24

/** A lane that is not open by then is given up: as long as a first dial may take. */
export const LANE_OPEN_MS = 10_000

/** Manifests that nobody here had are asked for again this often, and whenever somebody comes. */
export const MANIFESTS_AGAIN_MS = 60_000

/**
 * Commands a peer may send over a link in a second. A small object costs its asker three: 2,000 of them at full speed on one
 * machine are 1,500 a second. Parsing this many takes a twentieth of a core.
 */
export const COMMANDS_PER_SECOND = 4_000

/** A turn at fetching a manifest block lasts this long at least: 16 at a time are 640 commands a second, well within what a peer may send. */
export const MANIFEST_PACE_MS = 25

/** A stream whose other side takes nothing for this long is cut: a busy phone may stand still for seconds, not for half a minute. */
export const STREAM_STALLED_MS = 30_000
