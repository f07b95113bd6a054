/** A media element that goes where the show is: looks at it a few times a second and when it says that something changed. */
import { type Aim, BEGINNING, type Player, pursue } from '../../core/watch/pursue.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Follower } from '../../ports/tools.ts'

export type FollowParts = {
  /** Undefined: nothing is on, or not known where. */
  readonly aim: () => (Aim & { readonly isMuted: boolean }) | undefined
  readonly clock: Clock
  /** Calls back when the show changed. */
  readonly watch: (listener: () => void) => () => void
}

/** Often enough to be back within tolerance unheard, seldom enough to cost nothing. */
const LOOK_MS = 100
const EVENTS = ['loadedmetadata', 'canplay', 'playing', 'seeked', 'waiting', 'error'] as const

export function followPlayer(player: HTMLMediaElement, parts: FollowParts): Follower {
  const listeners = new Set<() => void>()
  let pursuit = BEGINNING
  let state: Follower['state'] = 'waiting'
  /** The browser refused sound: it plays without until a person presses something. */
  let isSilenced = false
  let isStarting = false
  let isStopped = false
  let cancel = () => {}

  function tell(next: Follower['state']): void {
    if (next === state) return
    state = next
    for (const listener of [...listeners]) listener()
  }

  function look(): void {
    if (isStopped) return
    cancel()
    cancel = parts.clock.after(LOOK_MS, look)
    const aim = parts.aim()
    player.muted = isSilenced || aim?.isMuted === true
    if (player.error !== null) tell('failed')
    else if (aim === undefined || player.readyState < player.HAVE_METADATA) hold()
    else goTo(aim)
  }

  /** Its place is not known, or the player cannot go there yet. */
  function hold(): void {
    if (!player.paused) player.pause()
    tell('waiting')
  }

  function goTo(aim: Aim): void {
    const step = pursue(pursuit, aim, lookAt(player), parts.clock.monotonicMs())
    pursuit = step.next
    if (step.seekToMs !== undefined) player.currentTime = step.seekToMs / 1_000
    if (player.playbackRate !== step.rate) player.playbackRate = step.rate
    if (!step.isPlaying && !player.paused) player.pause()
    if (step.isPlaying && player.paused) void start()
    const isReady = player.readyState >= (step.isPlaying ? player.HAVE_FUTURE_DATA : player.HAVE_CURRENT_DATA)
    tell(isSilenced && step.isPlaying ? 'silenced' : isReady ? 'following' : 'waiting')
  }

  async function start(): Promise<void> {
    if (isStarting) return
    isStarting = true
    try {
      await player.play()
    } catch (error) {
      // Any other refusal is a pause that came between, or an error that the element tells itself.
      if (error instanceof DOMException && error.name === 'NotAllowedError') isSilenced = true
    } finally {
      isStarting = false
    }
  }

  for (const event of EVENTS) player.addEventListener(event, look)
  const leave = parts.watch(look)
  look()
  return {
    get state() {
      return state
    },
    hear() {
      isSilenced = false
      look()
      // The press counts for a player that already runs too: it may be heard from here on.
      if (!player.paused) void start()
    },
    stop() {
      isStopped = true
      cancel()
      leave()
      for (const event of EVENTS) player.removeEventListener(event, look)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function lookAt({ currentTime, seeking, readyState, duration, HAVE_FUTURE_DATA }: HTMLMediaElement): Player {
  return {
    positionMs: currentTime * 1_000,
    isSeeking: seeking,
    canPlay: readyState >= HAVE_FUTURE_DATA,
    durationMs: Number.isFinite(duration) ? duration * 1_000 : undefined,
  }
}
