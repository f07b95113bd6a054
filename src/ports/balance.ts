/**
 * What this device has learned of clients, networks and carriers, asked by whoever begins a hop or takes a stream. It is
 * told what happens in a call and keeps it, sealed, on the device; nothing of it names an address, a room or a person.
 */
import type { MediaId } from '../protocol/media.ts'
import type { Carrier, MediaNews, Want } from '../protocol/media-worker.ts'

export interface Balance {
  /** With which carrier a hop begins in this network. */
  readonly firstCarrier: Carrier
  /** Redirects work for this device; otherwise it takes everything from its source, and tells no plan how far others are. */
  readonly takesRedirects: boolean
  /** False: what that one should have passed on did not come, lately and in this network. */
  mayTakeFrom(id: MediaId): boolean
  /**
   * What a plan and links say, by what is known here. Called with all wants whenever they are looked at. `bridges`: who can
   * pass on what a source sends that cannot be reached, unless a plan names somebody.
   */
  reroute(wants: readonly Want[], reachable: ReadonlySet<MediaId>, bridges: (source: MediaId) => readonly MediaId[]): readonly Want[]
  /** Everything the worker says. */
  hear(news: MediaNews): void
  /** What was decided lately and why, the newest last. */
  readonly decisions: readonly Decision[]
}

export type Decision = {
  readonly atMs: number
  readonly about: 'forwarder' | 'redirect' | 'carrier'
  /** In at most 200 characters, with `#<media id>` in place of names. */
  readonly why: string
}
