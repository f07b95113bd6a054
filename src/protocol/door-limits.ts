/** Bounds of doors in a tab. What the relay bounds of them stands in relay-limits.ts. */

/** A tab looks for its own addresses this long before it answers: those of the machine come at once, a STUN server's within a second. */
export const DOOR_GATHER_MS = 1_500

/** A program that was answered connects within this time or is given up: ICE takes seconds where many addresses fail. */
export const DOOR_CONNECT_MS = 20_000

/** A program that went without a word may come back by itself for this long: a change of network takes some ten seconds. */
export const DOOR_SILENT_MS = 15_000

/** Candidates of one fragment: two networks with every kind of address, by UDP and TCP, are twenty. */
export const DOOR_CANDIDATES = 64

/** The relay says that a door is open within this time, or it is not reachable. */
export const DOOR_OPEN_MS = 8_000

/** The socket for doors is opened again after this long, then after twice as long each time, up to the longest pause. */
export const DOOR_LINE_AGAIN_MS = 1_000
export const DOOR_LINE_AGAIN_MAX_MS = 15_000

/** What goes to a player when all of the call does: what televisions and players take, and a laptop encodes beside the call. */
export const DOOR_COMPOSITE_PX = 720
export const DOOR_COMPOSITE_FPS = 15
