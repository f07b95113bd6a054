/**
 * Which room this tab is in, from the link to the goodbye. Entering may be overtaken by another link: what arrives for
 * an entry no longer wanted is left at once, so a tab is never in two rooms.
 */
import type { Asterism, Room } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import { rememberInside, wasInside } from './inside.ts'

export type SessionState =
  | { readonly kind: 'none' }
  /** `door`: a link was opened and the person has not stepped in yet; the room may still be on its way. */
  | { readonly kind: 'entering'; readonly door: boolean }
  | { readonly kind: 'in'; readonly room: Room; readonly door: boolean }
  | { readonly kind: 'left'; readonly fragment: string; readonly words: readonly string[]; readonly hue: number }
  | { readonly kind: 'failed'; readonly sentence: string; readonly isLinkBad: boolean; readonly retry: () => void }

export const NOT_LOADED = 'Asterism could not be loaded. Check the connection and try again; nothing is lost.'

export class Session {
  state: SessionState = $state.raw({ kind: 'none' })
  #fragment = ''
  #entry = new AbortController()
  /** A room being left is gone before the next is entered: it may be the same one. */
  #leaving: Promise<void> = Promise.resolve()
  readonly #asterism: () => Promise<Asterism>
  readonly #goTo: (fragment: string) => void

  constructor(asterism: () => Promise<Asterism>, goTo: (fragment: string) => void) {
    this.#asterism = asterism
    this.#goTo = goTo
  }

  /** Makes a room, steps in, and puts its link into the address bar. */
  async start(): Promise<void> {
    const room = await this.#enter(
      false,
      (asterism, signal) => asterism.start({ signal }),
      () => void this.start(),
    )
    if (room === undefined) return
    this.#fragment = room.link.slice(room.link.indexOf('#'))
    rememberInside(room.id)
    this.#goTo(this.#fragment)
  }

  /** Opens the room of a fragment unless this tab is there already. Someone who was inside before a reload stays inside. */
  async open(fragment: string): Promise<void> {
    if (fragment === this.#fragment && this.state.kind !== 'failed') return
    await this.#enter(
      !wasInside(fragment),
      (asterism, signal) => asterism.join(fragment, { signal }),
      () => void this.open(fragment),
      fragment,
    )
  }

  stepIn(): void {
    const { state } = this
    if (state.kind !== 'in' || !state.door) return
    rememberInside(state.room.id)
    this.state = { ...state, door: false }
  }

  /** Leaves and says goodbye on screen. */
  leave(): void {
    const { state } = this
    if (state.kind !== 'in') return
    const { room } = state
    rememberInside(undefined)
    this.state = { kind: 'left', fragment: this.#fragment, words: room.words, hue: room.hue }
    this.#leaving = room.leave()
  }

  rejoin(): void {
    const { state } = this
    if (state.kind !== 'left') return
    this.#fragment = ''
    void this.open(state.fragment)
  }

  /** Back to no room, silently: the address went elsewhere. */
  close(): void {
    this.#entry.abort()
    this.#fragment = ''
    if (this.state.kind === 'in') this.#leaving = this.state.room.leave()
    this.state = { kind: 'none' }
  }

  async #enter(
    door: boolean,
    open: (asterism: Asterism, signal: AbortSignal) => Promise<Room>,
    retry: () => void,
    fragment = '',
  ): Promise<Room | undefined> {
    this.close()
    this.#fragment = fragment
    this.#entry = new AbortController()
    const { signal } = this.#entry
    this.state = { kind: 'entering', door }
    try {
      await this.#leaving
      const room = await open(await this.#asterism(), signal)
      if (signal.aborted) {
        this.#leaving = room.leave()
        return undefined
      }
      this.state = { kind: 'in', room, door }
      return room
    } catch (error) {
      if (!signal.aborted) this.state = this.#failure(error, retry)
      return undefined
    }
  }

  #failure(error: unknown, retry: () => void): SessionState {
    if (!(error instanceof Error && 'code' in error)) console.error(error)
    const code = error instanceof RoomError ? error.code : undefined
    const isLinkBad = code === 'link-invalid' || code === 'link-wrong-secret'
    return { kind: 'failed', sentence: error instanceof RoomError ? error.message : NOT_LOADED, isLinkBad, retry }
  }
}
