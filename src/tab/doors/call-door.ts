/** One door of this tab: what programs ask at it, carried out as core/doors decides. */
import {
  CLOSED_DOOR,
  type DoorEffect,
  type DoorEvent,
  type DoorState,
  looksAtMs,
  refusedAt,
  sessionAt,
  stepDoor,
} from '../../core/doors/step-door.ts'
import type { Door } from '../../ports/tools.ts'
import { toBase64Url } from '../../protocol/bytes.ts'
import { DOOR_SECRET_BYTES, DOORS_PATH, type DoorExchange, type DoorWord } from '../../protocol/doors.ts'
import type { ToolParts } from '../tools/parts.ts'
import { ProgramConnection } from './program-connection.ts'
import { type Outgoing, openOutgoing } from './what-goes-out.ts'

export type DoorWish = { readonly direction: 'in' } | { readonly direction: 'out'; readonly of: 'all' | 'share' }

export type CallDoorParts = {
  readonly wish: DoorWish
  readonly tools: ToolParts
  readonly say: (word: DoorWord) => void
  readonly onChange: () => void
  /** Resolves when everybody is told that something leaves the call by this device. */
  readonly tellAll: () => Promise<void>
  /** What came in is not shared any more, by a press or by something else that is shared. */
  readonly onUnshared: () => void
}

export class CallDoor {
  readonly token: string
  readonly #parts: CallDoorParts
  #state: DoorState = CLOSED_DOOR
  #connection: ProgramConnection | undefined
  /** While a program is in: undoes what `begin` did. */
  #end: (() => void) | undefined
  #cancelLook = () => {}

  constructor(parts: CallDoorParts) {
    this.#parts = parts
    this.token = toBase64Url(parts.tools.random(DOOR_SECRET_BYTES))
  }

  get view(): Door {
    const { wish, tools } = this.#parts
    const state = this.#state.kind === 'silent' ? 'connecting' : this.#state.kind
    const of = wish.direction === 'out' ? wish.of : undefined
    const url = `${tools.origin}${DOORS_PATH}/${this.token}`
    return { id: this.token.slice(0, 8), direction: wish.direction, of, url, state, refused: refusedAt(this.#state) }
  }

  /** Something leaves the call here, or is about to. */
  get isLeaking(): boolean {
    return this.#parts.wish.direction === 'out' && this.#end !== undefined
  }

  close(): void {
    this.#cancelLook()
    this.#state = CLOSED_DOOR
    this.#hangUp()
  }

  async ask(asked: DoorExchange): Promise<void> {
    const { exchange } = asked
    if (asked.t === 'offered') return this.#offered(exchange, asked.sdp)
    const connection = sessionAt(this.#state) === asked.session ? this.#connection : undefined
    if (connection === undefined) return this.#parts.say({ t: 'declined', exchange, reason: 'unknown-session' })
    if (asked.t === 'ended') {
      this.#handle({ kind: 'ended', session: asked.session })
      return this.#parts.say({ t: 'done', exchange })
    }
    const reason = await connection.add(asked.sdp)
    this.#parts.say(reason === undefined ? { t: 'done', exchange } : { t: 'declined', exchange, reason })
  }

  async #offered(exchange: number, sdp: string): Promise<void> {
    const { tools, say } = this.#parts
    const session = toBase64Url(tools.random(DOOR_SECRET_BYTES))
    const effects = this.#handle({ kind: 'offered', session, nowMs: tools.clock.monotonicMs() })
    const connection = this.#connection
    if (effects.some(({ kind }) => kind === 'decline') || connection === undefined) return say({ t: 'declined', exchange, reason: 'busy' })
    const answer = await connection.answer(sdp)
    if (typeof answer !== 'string') return say({ t: 'begun', exchange, session, sdp: answer.sdp })
    this.#handle({ kind: 'refused', session, reason: answer })
    say({ t: 'declined', exchange, reason: answer })
  }

  #handle(event: DoorEvent): readonly DoorEffect[] {
    const { next, effects } = stepDoor(this.#state, event)
    if (next === this.#state) return effects
    this.#state = next
    for (const effect of effects) this.#perform(effect)
    this.#lookLater()
    this.#parts.onChange()
    return effects
  }

  #perform(effect: DoorEffect): void {
    switch (effect.kind) {
      case 'accept':
        this.#connection = this.#connect(effect.session)
        break
      case 'begin':
        if (this.#connection !== undefined) void this.#begin(this.#connection)
        break
      case 'hang-up':
        this.#hangUp()
        break
      case 'decline':
        break
      default:
        effect satisfies never
    }
  }

  #connect(session: string): ProgramConnection {
    const { wish, tools } = this.#parts
    return new ProgramConnection(wish.direction, tools.iceServers, tools.clock, (news) =>
      this.#handle(news === 'fell-silent' ? { kind: news, session, nowMs: tools.clock.monotonicMs() } : { kind: news, session }),
    )
  }

  async #begin(connection: ProgramConnection): Promise<void> {
    const { wish } = this.#parts
    if (wish.direction === 'in') return this.#share(connection)
    const isOver = () => this.#connection !== connection
    let outgoing: Outgoing | undefined
    this.#end = () => outgoing?.close()
    try {
      await this.#parts.tellAll()
      outgoing = await openOutgoing(wish.of, this.#parts.tools, () => outgoing !== undefined && void connection.send(outgoing.tracks()))
      if (isOver()) return outgoing.close()
      await connection.send(outgoing.tracks())
    } catch (error) {
      console.info('asterism: nothing goes out by this door', error)
      const session = sessionAt(this.#state)
      if (!isOver() && session !== undefined) this.#handle({ kind: 'lost', session })
    }
  }

  #share(connection: ProgramConnection): void {
    const { tools, onUnshared } = this.#parts
    const { brought } = connection
    const [track] = brought.getVideoTracks()
    const isShared = () => tools.call.self.screenTrack === track
    tools.call.share(brought)
    const stop = tools.call.subscribe(() => {
      if (!isShared()) onUnshared()
    })
    this.#end = () => {
      stop()
      if (isShared()) void tools.call.setScreen(false)
    }
  }

  #hangUp(): void {
    const [end, connection] = [this.#end, this.#connection]
    this.#end = undefined
    this.#connection = undefined
    end?.()
    connection?.close()
  }

  #lookLater(): void {
    const { clock } = this.#parts.tools
    this.#cancelLook()
    const atMs = looksAtMs(this.#state)
    if (atMs === undefined) return
    this.#cancelLook = clock.after(atMs - clock.monotonicMs(), () => this.#handle({ kind: 'looked', nowMs: clock.monotonicMs() }))
  }
}
