/** Bounds of a meeting: frames, hops, subscriptions, plans. Each with the reason for its size and what would change it. */

const KIB = 1024

/** One encoded frame, sealed: Chromium's largest data channel message is 256 KiB; a key frame of a shared screen measures up to 120 KiB. */
export const MEDIA_FRAME_BYTES = 240 * KIB

/** Streams one tab asks of another: each of 300 members has a voice, and of few more is wanted. */
export const SUBSCRIPTIONS_PER_HOP = 1_000

/** Subscriptions are said again this often, and forgotten when not said for three times as long: a child that dies takes nothing more. */
export const SUBSCRIBE_AGAIN_MS = 1_000
export const SUBSCRIPTION_MS = 3_000

/** What waits in a hop's channel or pipe before droppable frames are skipped: one small frame. More queued is delay for all that follow. */
export const HOP_QUEUE_BYTES = 8 * KIB

/** Above this even a key frame waits its turn elsewhere: the picture is given up and begins anew when the channel is free. */
export const HOP_QUEUE_MAX_BYTES = 192 * KIB

/** A frame that the channel could not deliver by then is given up: later ones are worth more. */
export const MEDIA_LIFETIME_MS = 500

/** Frames of one stream kept for who comes next: from the last key frame on, base layer only. */
export const GOP_CACHE_BYTES = 512 * KIB
export const GOP_CACHE_MS = 2_500

/** Frames waiting for one that they depend on; at 30 a second this is a second. */
export const FRAMES_WAITING = 32

/** A missing frame is waited for this long: a retransmission on a path of 100 ms comes by then. */
export const FRAME_WAIT_MS = 200

/** Requests for a key frame are merged for this long on their way to the source. */
export const REFRESH_MERGE_MS = 300

/** A source gives a key frame on request this often at most: each is ten usual ones, for all who watch. */
export const KEY_PAUSE_MS = 1_000

/**
 * What is kept is sent to the same child again this often at most, and the source asked for it: a child that is too busy to take it
 * asks for ever.
 */
export const REPEAT_PAUSE_MS = 2_000

/** A hop's receiver says this often what came. */
export const HOP_REPORT_MS = 500

/** Nothing of a subscribed voice or picture for this long: the other parent is asked. */
export const PARENT_SILENT_MS = 300

/** Keys of one sender that still open frames, four of each of its four kinds: frames sealed before a change are on their way. */
export const SENDER_KEYS = 16

/** A new key is used this long after it was told: those who got it late miss nothing. */
export const KEY_GRACE_MS = 400

/** Facts go to the conductor this often, and at once when what is wanted changes. */
export const FACTS_AGAIN_MS = 2_000

/** Plans are said again this often: this renews the conductor's lease, which ends after three times as long. */
export const PLAN_AGAIN_MS = 2_000
export const CONDUCTOR_LEASE_MS = 6_000

/** Edges of one plan: those that do not lead straight from the source. 300 who watch two forwarded streams are 600. */
export const PLAN_EDGES = 4_000

/** Tabs that one tab sends one stream to, whatever its uplink says: more are served by those it serves. */
export const CHILDREN_PER_STREAM = 32

/** Hops from a source to the last who watches: each costs a frame's time under load. */
export const TREE_DEPTH = 3

/** With so many microphones open every voice is taken, 30 of them are 1.2 Mbit/s and 1,500 packets a second; with more, the loudest. */
export const OPEN_VOICES = 30

/** Up to so many in a call every voice is sent all the time: no word waits for a look at who speaks. */
export const VOICES_ALWAYS_OPEN = 5

/** Voices sent at a time in a large room: the loudest. More than three at once are a noise to everybody. */
export const LOUDEST = 3

/** Up to so many in a call everybody's picture comes in full. */
export const FULL_PICTURES = 4

/** In larger calls so many at most, the largest tiles first: more would be 6 Mbit/s to one screen. */
export const FULL_PICTURES_AT_ONCE = 9

/** Tiles of this many device pixels get the full picture, that of who speaks from the second: small pictures have 90 lines. */
export const FULL_PICTURE_PX = 240
export const FULL_SPEAKER_PX = 160

/** With fewer in the call nobody makes plans, everything goes straight; who does stays until there are fewer than the second. */
export const CONDUCTED_FROM = 5
export const CONDUCTED_DOWN_TO = 4

/** The next best to make plans waits this much longer than the one before: a claim is with everybody by then. */
export const CLAIM_STEP_MS = 750

/** Who loses much of what it passes on rests so long, twice as long each time: a bad line mends in minutes, a liar never. */
export const BENCH_MS = 30_000
export const BENCH_MAX_MS = 600_000

/** A line that was full for so long, by all reports, is so: who crashed is missed by then, and those it served were given others. */
export const STANDING_SETTLE_MS = 5_000

/** The self-test is over by then, or this engine counts as one that cannot forward. A machine with no time to spare has taken 4 s. */
export const SELF_TEST_MS = 12_000

/** Who joins waits this long for the self-test; then the call begins with plain tracks, and is sealed when the test is over. */
export const JOIN_WAIT_MS = 3_000

/** The media channel of a pair is open by then, or it is made anew. */
export const HOP_OPEN_MS = 10_000

/** A media channel that was lost is opened again after this pause: the other side may not have heard yet that we are in the call. */
export const HOP_REOPEN_MS = 300

/** Lines are opened one after another, so far apart: ten at once hold up a busy page for seconds, and it seems gone to the others. */
export const LINE_EVERY_MS = 60

/** Lines for a voice that rests: 29 of them are there after a minute and a half, and cost nobody's processor a second at once. */
export const LINE_IN_REST_EVERY_MS = 3_000

/** Control messages of one peer on the meeting channel per second before it is cut. 30 joins in a second make about 100. */
export const MEETING_MESSAGES_PER_SECOND = 500

/** One meeting message: a plan for 300 who each watch fifty pictures measures 85 KiB. Chromium's channels take 256. */
export const MEETING_FRAME_BYTES = 240 * KIB

/** A meeting message inside another, for who has no link to whom it is for: it fits with what stands around it. */
export const PASSED_FRAME_BYTES = 200 * KIB

/** A way by which a voice comes is left for another that goes on after so long: a few packets, and less than anybody takes for a gap. */
export const VOICE_SILENT_MS = 200

/** One frame a hop may carry beside its picture: a report, a subscription list. */
export const HOP_CONTROL_BYTES = 8 * KIB

/** Who spoke last is remembered for so many: more than any screen shows large. */
export const SPEAKERS_REMEMBERED = 12

/** What a tab is taken to be able to send before anything was measured: a usual line at home has more, a bad one less. */
export const UPLINK_ASSUMED_KBPS = 8_000

/** What a path is taken to carry before it was measured: two pictures. Narrower ones are found within seconds, by the delay. */
export const PATH_FIRST_GUESS_KBPS = 2_000

/** A tab whose downlink nobody measured is taken to have this much: what it cannot take shows as losses. */
export const DOWNLINK_ASSUMED_KBPS = 50_000

/** Messages of one hop that nobody can read before it is cut: a newer tab may send a few. */
export const HOP_GARBAGE = 16

/** Control packets of one hop that are read each second: two reports, its subscriptions, and requests for what 90 pictures lost. */
export const HOP_CONTROLS_PER_SECOND = 300

/** Frames of one stream being sealed or opened at a time: the cipher takes 0.1 ms; more means that this machine is stuck. */
export const FRAMES_SEALING = 16

/** Frames of one stream being opened as they come: what a parent keeps of it, 20 base frames, comes at once. */
export const FRAMES_OPENING = 64

/** Facts and plans that change together go out together: a person does not notice this long. */
export const FACTS_SOON_MS = 60
export const PLAN_SOON_MS = 60

/** What one act of a meeting's control says: sub-rooms with the places of 300 people measure 24 KiB. */
export const ACT_BYTES = 32 * KIB

/** Acts kept of one device that has no say: its hand, polls, votes and the like. Of 300 devices this is 14 MiB at worst. */
export const OWN_ACTS_BYTES = 48 * KIB

/** Of one that has: a hush, a place, a layout and an entry for each of 300, 250 bytes each. */
export const GOVERNING_ACTS_BYTES = 512 * KIB

/** Acts in one message of the log, and on one disk: 300 people, each of them hushed, placed and admitted, with their own words, are 4,000. */
export const ACTS = 5_000

/** A meeting's acts count so long: whoever was hushed today is heard tomorrow. */
export const ACTS_LAPSE_MS = 12 * 60 * 60_000

/** A reaction is shown for this long after it was heard of. */
export const REACTION_MS = 5_000

/** A request to mute or unmute stands this long: later it is about something long over. */
export const ASK_MS = 30_000

/** Shown large at a time: more would not be large. */
export const SPOTLIGHTS = 9

export const SUB_ROOMS = 50
export const AGENDA_LINES = 30
export const WELCOME_TEXT_CHARS = 3_000

/** Polls of one person at a time, the newest; one with all its options may measure 5 KiB. */
export const POLLS_PER_PERSON = 3
export const POLL_OPTIONS = 12
export const POLL_TEXT_CHARS = 300
export const POLL_OPTION_CHARS = 120
export const VOTES_PER_PERSON = 64

/** Rounds of planning a conductor keeps for a look back: one for each new plan, and one in LOG_EVERY_MS. */
export const LOG_ROUNDS = 120
export const LOG_EVERY_MS = 10_000

/** Facts of all kept rounds together: one of a large meeting measures 2 KiB, so these are 6 MiB. */
export const LOG_FACTS = 3_000

/** Of a saved log that is looked at again: ten rounds of 300 people who hear everybody measure 29 MB. */
export const LOG_FILE_BYTES = 32 * 1024 * 1024

/** Told of each policy, the first ones: what comes later often comes of them. */
export const REPLAY_DIFFERENCES = 20

/** Looking back works so long at a time: half a picture at 50 a second. */
export const REPLAY_SLICE_MS = 10

/** Things that lie on what is watched together: more hide it. */
export const OVERLAYS = 4

/** A banner is one or two lines across a picture. */
export const BANNER_CHARS = 200

/** A message beside the meeting: a code, a clock, a wish. */
export const SIDE_FRAME_BYTES = 1 * KIB

/** Screens that watch together differ by no more: from about 100 ms on two rooms next to each other hear an echo. */
export const WATCH_DRIFT_MS = 80

/** A slider that is dragged says so often; every change is signed, told to all, and costs each player a seek. */
export const WATCH_CHANGE_MS = 200

/** Answers about a clock that are kept: of eight in half a minute one came undisturbed. */
export const CLOCK_SAMPLES = 8

/** The first questions follow close on each other, so that a player begins in its place; then a clock drifts by less than 1 ms in between. */
export const CLOCK_FIRST_ASKS = 4
export const CLOCK_FIRST_ASK_MS = 120
export const CLOCK_ASK_MS = 4_000

/** Where the browser keeps nothing for the page, what is watched lies in its memory as a whole. */
export const WATCH_MEMORY_BYTES = 64 * 1_024 * KIB

/** A code of six digits holds so long: time to walk to the other device, find its keyboard and mistype once. */
export const PAIR_MS = 5 * 60_000

/** Who was answered so often and proved nothing is not answered any more while this code holds. Three typed wrong are a person, more are not. */
export const PAIR_TRIES = 3

/** And all devices together: whoever has the link makes new ones. One guess in 50,000 succeeds. */
export const PAIR_TRIES_OF_ALL = 20

/** Whoever shows this code has answered by then, over a line across the world and out of a busy tab. */
export const PAIR_ANSWER_MS = 4_000

/** Tabs that are asked for a code. One answer costs 10 ms on a slow phone. */
export const PAIR_ASKED = 100

/** One element of the group of 2,048 bits. */
export const PAIR_SHARE_BYTES = 256
export const PAIR_PROOF_BYTES = 32

/** A wish that needs a press on this device waits for it so long. */
export const SCREEN_ASKED_MS = 60_000

/** A part of the check that takes longer stands as not answered: nobody watches a page longer. */
export const CHECK_MS = 5_000

/** Long enough for a word and the pause before it. */
export const CHECK_LISTEN_MS = 1_200

/** The first sample of the processor comes after one to two seconds. */
export const CHECK_PRESSURE_MS = 3_000

/** A message to some of a meeting: 4,000 code points of four bytes each, and what stands around them. */
export const ASIDE_FRAME_BYTES = 17 * KIB

/** Messages to some that a tab keeps, in memory alone: at worst 8 MiB. */
export const ASIDES = 500

/** Who has not said that such a message came is told again: an act that says where its writer is may come a second after it. */
export const ASIDE_AGAIN_MS = 1_000

/** Not come by then, its writer is told for whom; somebody whose line is cut for a moment has it sooner. */
export const ASIDE_LATE_MS = 4_000

/** And given up: whoever comes back to a line after a minute was away from the talk. */
export const ASIDE_TELL_MS = 60_000
