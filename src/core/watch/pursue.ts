/**
 * How a player comes to where it has to be and stays there. Far off it seeks, aiming ahead by what its seeks have cost so far;
 * near by it plays a little faster or slower, which nobody hears; within tolerance it is left alone. Once it is being
 * nudged it is nudged home, and a player that misses again and again seeks less often: it never swings to and fro.
 */

/** Where the show is now. */
export type Aim = {
  readonly positionMs: number
  readonly isPlaying: boolean
  /** 1 is the usual speed. */
  readonly rate: number
}

export type Player = {
  readonly positionMs: number
  readonly isSeeking: boolean
  /** It has what comes next; otherwise it waits for data. */
  readonly canPlay: boolean
  /** Undefined: not known yet, or without end. */
  readonly durationMs: number | undefined
}

export type Pursuit = {
  /** Part by which it plays faster (or slower) now. */
  readonly nudge: number
  /** What a seek costs, learned from the last ones. */
  readonly leadMs: number
  readonly sought: { readonly atMs: number; readonly toMs: number; readonly isPlaying: boolean; readonly rate: number } | undefined
  /** It was seen playing since. */
  readonly hasLanded: boolean
  /** Seeks that ended far off, one after another. */
  readonly misses: number
}

export type Step = {
  readonly next: Pursuit
  readonly isPlaying: boolean
  readonly rate: number
  readonly seekToMs: number | undefined
}

export const BEGINNING: Pursuit = { nudge: 0, leadMs: 60, sought: undefined, hasLanded: true, misses: 0 }

/** Farther off, catching up would take longer than a jump disturbs. */
const FAR_MS = 350
/** Two players at opposite ends of it are still within WATCH_DRIFT_MS. */
const NEAR_MS = 25
const HOME_MS = 6
/** A nudge makes good what is missing in about this time, with at most this part of the speed. */
const CATCH_UP_MS = 1_500
const MOST_NUDGE = 0.1
const LEAST_NUDGE = 0.01
/** A still picture farther off is another picture. */
const STILL_MS = 15
/** A seek that takes longer is a stall, and says nothing of the next one. */
const MOST_LEAD_MS = 2_000
/** Of what the last seek was off; the whole would follow every hiccup. */
const LEARNED = 0.7
/** After one miss twice as long, after two four times. */
const SEEK_AGAIN_MS = 1_000
const MOST_MISSES = 4

export function pursue(pursuit: Pursuit, aim: Aim, player: Player, nowMs: number): Step {
  const { durationMs } = player
  const isOver = durationMs !== undefined && aim.positionMs >= durationMs
  if (!aim.isPlaying || isOver) return standStill(pursuit, { ...aim, positionMs: isOver ? durationMs : aim.positionMs }, player, nowMs)
  if (player.isSeeking || !player.canPlay) return wait(pursuit, aim, player, nowMs)
  const landed = land(pursuit, aim, player)
  const missingMs = aim.positionMs - player.positionMs
  if (Math.abs(missingMs) > FAR_MS && maySeek(landed, aim, nowMs)) return seek(landed, aim, nowMs)
  const nudge = nudgeOf(landed.nudge, missingMs / aim.rate)
  return { next: { ...landed, nudge }, isPlaying: true, rate: aim.rate * (1 + nudge), seekToMs: undefined }
}

function standStill(pursuit: Pursuit, { positionMs, rate }: Aim, player: Player, nowMs: number): Step {
  const isThere = Math.abs(positionMs - player.positionMs) <= STILL_MS
  // A player that cannot stand exactly there stays where that seek led it.
  const isSought = pursuit.sought?.isPlaying === false && pursuit.sought.toMs === positionMs
  const next = { ...pursuit, nudge: 0, misses: 0 }
  if (isThere || isSought) return { next, isPlaying: false, rate, seekToMs: undefined }
  const sought = { atMs: nowMs, toMs: positionMs, isPlaying: false, rate }
  return { next: { ...next, sought, hasLanded: true }, isPlaying: false, rate, seekToMs: positionMs }
}

/** It is on its way, or waits for data. Only when the show is elsewhere by now does it turn round. */
function wait(pursuit: Pursuit, aim: Aim, player: Player, nowMs: number): Step {
  const isLost = pursuit.sought === undefined ? Math.abs(aim.positionMs - player.positionMs) > FAR_MS : hasMoved(pursuit, aim, nowMs)
  if (isLost) return seek({ ...pursuit, misses: 0 }, aim, nowMs)
  return { next: { ...pursuit, nudge: 0 }, isPlaying: true, rate: aim.rate, seekToMs: undefined }
}

/** The show did not just go on since the last seek: somebody moved it. */
function hasMoved({ sought, leadMs }: Pursuit, aim: Aim, nowMs: number): boolean {
  if (sought === undefined) return false
  const wouldBeAtMs = sought.isPlaying ? sought.toMs + (nowMs - sought.atMs) * sought.rate : sought.toMs
  return sought.rate !== aim.rate || Math.abs(aim.positionMs - wouldBeAtMs) > FAR_MS + leadMs
}

/** The first look at a player that plays after a seek tells what the seek cost. */
function land(pursuit: Pursuit, aim: Aim, player: Player): Pursuit {
  if (pursuit.hasLanded) return pursuit
  const missingMs = (aim.positionMs - player.positionMs) / aim.rate
  const leadMs = Math.min(MOST_LEAD_MS, Math.max(0, pursuit.leadMs + missingMs * LEARNED))
  return { ...pursuit, leadMs, hasLanded: true, misses: Math.abs(missingMs) > FAR_MS ? pursuit.misses + 1 : 0 }
}

function maySeek(pursuit: Pursuit, aim: Aim, nowMs: number): boolean {
  const { sought, misses } = pursuit
  if (sought === undefined || misses === 0 || hasMoved(pursuit, aim, nowMs)) return true
  return nowMs - sought.atMs >= SEEK_AGAIN_MS * 2 ** Math.min(misses, MOST_MISSES)
}

function seek(pursuit: Pursuit, { positionMs, rate }: Aim, nowMs: number): Step {
  const seekToMs = Math.max(0, positionMs + pursuit.leadMs * rate)
  const sought = { atMs: nowMs, toMs: positionMs, isPlaying: true, rate }
  return { next: { ...pursuit, nudge: 0, sought, hasLanded: false }, isPlaying: true, rate, seekToMs }
}

/** `missingMs`: how far it is behind. */
function nudgeOf(nudge: number, missingMs: number): number {
  const isHome = Math.abs(missingMs) <= HOME_MS || Math.sign(missingMs) !== Math.sign(nudge)
  if (nudge === 0 ? Math.abs(missingMs) <= NEAR_MS : isHome) return 0
  const wanted = Math.min(MOST_NUDGE, Math.max(LEAST_NUDGE, Math.abs(missingMs) / CATCH_UP_MS))
  // Whole percents: a player that is told another speed at every look has more to do than to play.
  return (Math.sign(missingMs) * Math.round(wanted * 100)) / 100
}
