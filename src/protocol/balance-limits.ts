/** Bounds of what a device learns about clients, networks and techniques. Each with the reason for its size and what would change it. */

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** What was learned counts half after this long: browsers change each four weeks, the rules of an office less often. */
export const BALANCE_HALF_LIFE_MS = 7 * DAY_MS

/**
 * A technique that failed is left alone so long, twice as long each time it fails again, and then tried once: a person comes
 * once a day, and what a browser cannot do it cannot do until its next version.
 */
export const TECHNIQUE_REST_MS = DAY_MS
export const TECHNIQUE_REST_MAX_MS = 14 * DAY_MS

/** The same for a reflector that could not be reached from a network: it may have been asleep, a firewall stays for weeks. */
export const BLOCKED_MS = 10 * MINUTE_MS
export const BLOCKED_MAX_MS = 7 * DAY_MS

/** Tries one row counts at most: old luck must not outvote what happens now. */
export const TALLY_TRIES = 200

/** What others learned counts as so many own tries at most: a device that differs finds out within a few of its own. */
export const PRIOR_TRIES = 6

/** Rows a device keeps: its own client profiles are one for each version of the browser; the rest are read of others. */
export const CLIENT_PROFILES = 32
/** Pairs of network and reflector: a person in three networks with 300 others. Those heard of longest ago go first. */
export const REACH_ROWS = 1_000
/** Networks whose carriers are remembered. */
export const CARRIER_ROWS = 64

/** The profile store of a device, sealed: 1,100 rows of about 90 bytes. */
export const PROFILE_STORE_BYTES = 256 * 1024

/** It is written this long after it changed: a call that begins makes a few changes a second. */
export const PROFILE_SAVE_MS = 5_000

/** Reflectors offered for one pick: more dials than this at once hold up whoever dials. */
export const REFLECTORS_OFFERED = 8

/** Of latencies: those within this much of the best count as equal, and load decides. Measures waver by as much. */
export const NEAR_SHARE = 1.1
export const NEAR_EXTRA_MS = 3

/** Members whose round trips to each other are all below this are one point of presence: a city and its surroundings. */
export const POP_RTT_MS = 30

/** Who told its facts within this time still passes on: they come every two seconds. */
export const REFLECTOR_LEASE_MS = 6_000

/** Points that one tab is told of, and of each those who pass on: nobody asks more than these, and 200 ids are 2 KiB. */
export const PLACES_TOLD = 24
export const PLACE_REFLECTORS = 8

/** Measures waver: where others pass on is told again so often at most, to newcomers at once. */
export const PLACES_AGAIN_MS = 10_000

/** Who came so lately is given a list whom to ask: what its book says of this meeting is little, and what others do may not fit it. */
export const NEWCOMER_MS = 30_000

/** Members that are looked at for one source: all of them could pass it on, and four are asked. */
export const BRIDGES_LOOKED_AT = 16

/** What somebody in between adds to a way, beside the way to it: its queue, its processor, and the rest of the way. */
export const DETOUR_MS = 20

/** How long each step of the ladder may take before the next begins beside it: what a person takes for a hitch. */
export const LADDER_STEP_MS = { profile: 1_500, 'link-hint': 1_500, redirect: 2_000, proxy: 2_500 } as const

/** Why somebody was picked, in words. */
export const WHY_CHARS = 200

/** Decisions of a meeting that are kept for a look back: ten minutes of a busy one. */
export const DECISIONS_KEPT = 500

/** A path's NAT is read from candidates that come within this time. */
export const NETWORK_PROBE_MS = 2_000

/** Of frames a hop should have sent: below this second counts as a stall. */
export const STALLED_PER_MILLE = 900

/** A picture that is not there by then did not come. */
export const FIRST_PICTURE_MS = 5_000

/** A hop that stayed with a carrier for so long found it good: trouble moves it within six seconds. Stalls count as often. */
export const CARRIER_HELD_MS = 30_000

/** Of round trips: longer ways go by the pipe whatever the network is like. */
export const CARRIER_NEAR_MS = 15

/** A link that is not up by then was dialed in vain: an ICE restart or two are over. */
export const LINK_DIAL_MS = 15_000

/** Counts are told once a day, at a moment drawn between this and twice as much into a call: it says nothing of the meeting. */
export const COUNTERS_TOLD_EVERY_MS = DAY_MS
export const COUNTERS_TOLD_AFTER_MS = 5 * MINUTE_MS

/** Pictures of the whole call that a tab says it makes: one shape for recordings and one for doors, each half a core; more than these no device makes. */
export const COMPOSITES = 8
