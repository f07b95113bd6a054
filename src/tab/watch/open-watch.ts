/**
 * Watching together, in this tab: the show of this device as a signed act, everybody's place in whatever show is on by the
 * clock of who shows it, and what is left when they go.
 */
import type { Aim } from '../../core/watch/pursue.ts'
import { beginShow, changeShow, positionAt, type ShowChange, takeOverShow } from '../../core/watch/show.ts'
import type { Follower, Watch } from '../../ports/tools.ts'
import { toBase64Url } from '../../protocol/bytes.ts'
import { readSaying, type Show } from '../../protocol/control.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame } from '../../protocol/frame.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { WATCH_CHANGE_MS } from '../../protocol/limits.ts'
import type { ToolParts } from '../tools/parts.ts'
import { Clocks } from './ask-clocks.ts'
import { followPlayer } from './follow-player.ts'

export type WatchParts = Pick<ToolParts, 'call' | 'session' | 'files' | 'side' | 'presence' | 'clock' | 'random' | 'signal'>
type ShownBy = Show & { readonly by: DeviceId }

export function openWatch(parts: WatchParts): Watch {
  return new RoomWatch(parts)
}

class RoomWatch implements Watch {
  left: ShownBy | undefined
  readonly #parts: WatchParts
  readonly #clocks: Clocks
  readonly #listeners = new Set<() => void>()
  /** What was on when this last looked, and the tabs of who shows it. */
  #on: ShownBy | undefined
  #tabs: readonly TabId[] = []
  /** This device's show as it is to be told; what is signed follows. */
  #wanted: Show | undefined
  #telling: Promise<void> | undefined
  #toldAtMs = Number.NEGATIVE_INFINITY
  /** What this tab told and did not take back. */
  #told: Show | undefined

  constructor(parts: WatchParts) {
    this.#parts = parts
    this.#clocks = new Clocks(parts.side, parts.clock, () => this.#changed())
    const stops = [parts.session.subscribe(() => this.#look()), parts.call.subscribe(() => this.#look())]
    parts.signal.addEventListener('abort', () => {
      for (const stop of stops) stop()
      this.#clocks.ask([])
    })
    this.#look()
  }

  async show(source: Show['source']): Promise<void> {
    const { call, session, files, random } = this.#parts
    this.#mustBeIn()
    if (source.kind === 'file' && !files.list().some(({ id }) => id === source.file)) throw new RoomError('file-not-found')
    if (source.kind === 'share' && !this.#isSharing()) {
      await call.setScreen(true)
      const { screen } = call.self
      if (screen.kind === 'failed') throw new RoomError(screen.code)
      // The choice of what to share was closed.
      if (!this.#isSharing()) throw new RoomError('aborted')
    }
    const before = this.#wanted ?? session.state.watch
    await this.#tell(beginShow({ id: toBase64Url(random(8)), source, nowMs: this.#clocks.nowMs(), before }))
  }

  async change(change: ShowChange): Promise<void> {
    const mine = this.#mine()
    if (mine === undefined) throw new RoomError('role-refused')
    await this.#tell(changeShow(mine, change, this.#clocks.nowMs()))
  }

  async end(): Promise<void> {
    const { session } = this.#parts
    if (this.#mine() !== undefined) await this.#withdraw()
    else if (session.state.watch !== undefined) await session.endWatch(session.state.watch.id)
  }

  async takeOver(): Promise<void> {
    this.#mustBeIn()
    const show = this.#shown() ?? this.left
    if (show === undefined || show.source.kind === 'share') throw new RoomError('role-refused')
    if (this.#isMine(show)) return
    const { by: _, ...bare } = show
    await this.#tell(takeOverShow({ ...bare, isPlaying: true }, this.positionMs() ?? show.positionMs, this.#clocks.nowMs()))
  }

  positionMs(): number | undefined {
    const show = this.#shown()
    return show === undefined ? this.left?.positionMs : this.#placeIn(show)
  }

  follow(player: HTMLMediaElement): Follower {
    return followPlayer(player, {
      aim: () => this.#aim(),
      clock: this.#parts.clock,
      watch: (listener) => this.subscribe(listener),
    })
  }

  clock(tab: TabId): { readonly aheadMs: number; readonly withinMs: number } | undefined {
    return this.#clocks.of(tab)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  /** What is on may have changed, who is here, or what this device shares. */
  #look(): void {
    const { session, call } = this.#parts
    const { watch } = session.state
    const before = this.left
    if (call.state === 'out' || watch !== undefined) this.left = undefined
    else if (this.#on !== undefined) this.left = this.#leftOf(this.#on)
    const isNew = watch !== this.#on || this.left !== before
    this.#on = watch
    this.#tabs = watch === undefined || this.#isMine(watch) ? [] : this.#tabsOf(watch.by)
    this.#clocks.ask(this.#tabs)
    if (this.#told !== undefined && this.#isOver(this.#told, watch)) void this.#withdraw()
    if (isNew) this.#changed()
  }

  /** Of who ended it nothing is left; of who went away, the place where it was. */
  #leftOf(show: ShownBy): ShownBy | undefined {
    const isHere = this.#parts.session.state.participants.some(({ device, place }) => device === show.by && place === 'in')
    if (isHere || show.source.kind === 'share' || this.#isMine(show)) return undefined
    return { ...show, isPlaying: false, positionMs: Math.round(this.#placeIn(show) ?? show.positionMs) }
  }

  /** Another took its place, or it was a screen that is shared no more: it must not come back when that one ends. */
  #isOver(told: Show, on: ShownBy | undefined): boolean {
    return (on !== undefined && !this.#isMine(on)) || (told.source.kind === 'share' && !this.#isSharing())
  }

  async #withdraw(): Promise<void> {
    this.#wanted = undefined
    this.#told = undefined
    await this.#parts.session.tellWatch(undefined)
  }

  /** Told at once, or with what else comes until it may be told again. */
  async #tell(show: Show): Promise<void> {
    const kind = 'watch'
    if (readSaying({ kind, says: encodeFrame({ t: kind, watch: show }) }) === undefined) throw new RoomError('frame-malformed', kind)
    this.#wanted = show
    this.#changed()
    this.#telling ??= this.#tellSoon()
    await this.#telling
  }

  /** What is said while another is being signed is told after it; what was ended meanwhile is not told. */
  async #tellSoon(): Promise<void> {
    const { clock, session } = this.#parts
    try {
      while (this.#wanted !== undefined) {
        const waitMs = this.#toldAtMs + WATCH_CHANGE_MS - clock.monotonicMs()
        if (waitMs > 0) await new Promise<void>((done) => clock.after(waitMs, done))
        const show: Show | undefined = this.#wanted
        if (show === undefined) break
        this.#toldAtMs = clock.monotonicMs()
        await session.tellWatch(show)
        this.#told = show
        if (this.#wanted === show) this.#wanted = undefined
      }
    } finally {
      this.#wanted = undefined
      this.#telling = undefined
    }
    this.#look()
  }

  #mustBeIn(): void {
    const { call, session } = this.#parts
    const isIn = call.state === 'in' && session.state.participants.some(({ isMe, place }) => isMe && place === 'in')
    if (!isIn) throw new RoomError('role-refused', 'not in the call')
  }

  #isSharing(): boolean {
    const { kind } = this.#parts.call.self.screen
    return kind === 'on' || kind === 'starting'
  }

  #isMine({ by }: ShownBy): boolean {
    return by === this.#parts.presence.self.device
  }

  #mine(): Show | undefined {
    const show = this.#shown()
    if (show === undefined || !this.#isMine(show)) return undefined
    const { by: _, ...bare } = show
    return bare
  }

  #shown(): ShownBy | undefined {
    const { session, presence } = this.#parts
    return this.#wanted === undefined ? session.state.watch : { ...this.#wanted, by: presence.self.device }
  }

  #placeIn(show: ShownBy): number | undefined {
    const aheadMs = this.#isMine(show) ? 0 : this.#tabs.map((tab) => this.#clocks.of(tab)?.aheadMs).find((ahead) => ahead !== undefined)
    return aheadMs === undefined ? undefined : positionAt(show, this.#clocks.nowMs() + aheadMs)
  }

  #tabsOf(by: DeviceId): readonly TabId[] {
    return this.#parts.session.state.participants.find(({ device }) => device === by)?.tabs ?? []
  }

  #aim(): (Aim & { readonly isMuted: boolean }) | undefined {
    const show = this.#shown() ?? this.left
    const positionMs = this.positionMs()
    if (show === undefined || positionMs === undefined || show.source.kind === 'share') return undefined
    return { positionMs, isPlaying: show.isPlaying, rate: show.rate / 100, isMuted: show.isMuted }
  }
}
