/**
 * Bounds of a relay. Carrying a dial is the same job in a tab, so tabs may use the circuit bounds too. What an operator
 * can change stands here as the default of its setting in `relay/config.ts`.
 */

const KIB = 1024
const MIB = 1024 * KIB

/** Tabs that can be dialed through one relay. libp2p's default of 15 leaves the 16th tab of a room unreachable. */
export const RELAY_RESERVATIONS = 500

/** A reservation ends with its tab's connection; this only ends those of tabs that never come back. */
export const RELAY_RESERVATION_MS = 60 * 60_000

/**
 * One circuit carries a hello and two SDP exchanges with their candidates, about 40 KiB. 1 MiB leaves room for many
 * candidates, and makes the relay useless as a free tunnel. libp2p's default is 128 KiB.
 */
export const CIRCUIT_BYTES = 1 * MIB

/** An introduction over a slow phone network takes seconds; 5 minutes is patience, not a service. */
export const CIRCUIT_MS = 5 * 60_000

/** Circuits one tab may ask for or be asked for at once: a newcomer dials a whole room of 300. libp2p's default is 32. */
export const CIRCUITS_PER_TAB = 300

/** Open sockets. Each idle one costs about 60 KiB with Noise and Yamux on it. */
export const RELAY_SOCKETS = 1_000

/** Sockets from one address: a school behind one address is many tabs, a flood is more. */
export const RELAY_SOCKETS_PER_ADDRESS = 300

/** New sockets from one address in RELAY_WINDOW_MS. A room of 100 behind one address may reconnect at once, twice. */
export const RELAY_OPENINGS_PER_ADDRESS = 200
export const RELAY_WINDOW_MS = 10_000

/** Addresses remembered for that count; beyond it the count starts afresh, which lets a flood in but never grows. */
export const RELAY_ADDRESSES_COUNTED = 10_000

/** One WebSocket message. Noise packets are 64 KiB; `ws` alone would buffer 100 MiB for a stranger. */
export const RELAY_MESSAGE_BYTES = 1 * MIB

/** Streams of all protocols a connection may open: circuits, rendezvous, identify, ping, with slack. */
export const RELAY_STREAMS_PER_TAB = 512

/** Bytes a stream may buffer, in each direction, before it is reset. Above RENDEZVOUS_SEND_QUEUE_BYTES and one frame. */
export const RELAY_STREAM_BUFFER_BYTES = 2 * MIB

/** Requests of one address per minute: 50 tabs behind it, each loading 100 files and asking again. */
export const HTTP_REQUESTS_PER_MINUTE = 12_000

/** Rooms with somebody in them. A room costs a few hundred bytes; its tabs are counted by sockets. */
export const RELAY_ROOMS = 2_000

/** Rooms one tab may be in at once. */
export const RENDEZVOUS_STREAMS_PER_TAB = 8

/** A stream on which no valid join arrived by then is cut: strangers may not sit on it. */
export const RENDEZVOUS_JOIN_MS = 10_000

/** Refused joins of one tab before its connection is closed: each costs a signature check. */
export const RENDEZVOUS_STRIKES = 8

/** Replies waiting for a tab that does not read; a full list is 900 KiB. */
export const RENDEZVOUS_SEND_QUEUE_BYTES = 1 * MIB

/** Sealed bytes of one `peers` frame, so that the frame stays within CONTROL_FRAME_BYTES with its ids and heads. */
export const PEERS_FRAME_BYTES = 40 * KIB

/** Records of one `peers` frame, for the same reason when records are tiny. */
export const PEERS_FRAME_RECORDS = 100

/** A silent connection is asked for a sign of life this often, and closed when none comes. */
export const RELAY_PING_MS = 30_000
export const RELAY_PING_TIMEOUT_MS = 20_000

/** Patience when stopping: then what is still open is cut. */
export const RELAY_DRAIN_MS = 10_000

/** Rows of one counter report: each technique once for the version of before and of now. */
export const COUNTER_ROWS_PER_REPORT = 10

/** One counter report as bytes: ten rows measure 900. */
export const COUNTER_REPORT_BYTES = 1 * KIB

/** Kinds of client counted altogether: five techniques, six classes, some versions of four engines. Those not told of for longest go. */
export const COUNTER_ROWS = 500

/** So many reports before a kind of client is told of: fewer could be one household. */
export const COUNTER_REPORTS_MIN = 10

/** Reports of one address a day: a school behind one address is many, and outvotes nobody with these. */
export const COUNTER_REPORTS_PER_ADDRESS = 20
export const COUNTER_DAY_MS = 24 * 60 * 60_000

/** Counts are halved when a row reaches this: what was true a year ago must not outvote this week. */
export const COUNTER_ROW_MAX = 10_000

/** Name and password of a TURN server open it for so long: a call that begins now, not next week's. What is open by then stays open. */
export const TURN_SECONDS = 3_600

/** Doors of all tabs. Each is a hash and a count, a hundred bytes. */
export const RELAY_DOORS = 2_000

/** Doors of one tab: a program in, the call out, the share out, and one to spare. */
export const DOORS_PER_TAB = 4

/** An offer, an answer, or candidates. Chromium's offer with every codec is 7,000 characters, GStreamer's 3,000. */
export const DOOR_SDP_CHARS = 64 * KIB

/** One message about a door: an offer, with its names. Characters beyond ASCII have no business in SDP. */
export const DOOR_FRAME_BYTES = DOOR_SDP_CHARS + KIB

/** Exchanges of one door that wait for its tab; a program has one or two going. */
export const DOOR_EXCHANGES_WAITING = 4

/** Exchanges of one door in RELAY_WINDOW_MS: coming, going and candidates are ten; a program that tries without pause is slowed. */
export const DOOR_EXCHANGES = 30

/** A tab answers in two seconds at most, which is how long it looks for its addresses; a busy one gets some more. */
export const DOOR_ANSWER_MS = 8_000

/** Told to programs that are to come again: somebody else is there, or too much waits. */
export const DOOR_RETRY_SECONDS = 5

/** Messages of one tab about its doors in RELAY_WINDOW_MS: twice the answers that all its doors can ask for. */
export const DOOR_WORDS = 2 * DOORS_PER_TAB * DOOR_EXCHANGES

/** A socket for doors that holds none for this long is closed. */
export const DOORLESS_MS = 10_000

/** Bytes waiting for a tab that does not read its exchanges. */
export const DOOR_SEND_QUEUE_BYTES = 512 * KIB
