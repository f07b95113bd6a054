/** Screens by address. Everything stands behind `#`, so that the room's secret never reaches a server and any static host will do. */
import { parseRoomLink } from '../../protocol/room-link.ts'

export type Route =
  | { readonly kind: 'landing' }
  | { readonly kind: 'room'; readonly fragment: string }
  | { readonly kind: 'bad-link' }
  | { readonly kind: 'gallery'; readonly scene: string }

export function parseRoute(hash: string): Route {
  if (hash === '' || hash === '#' || hash === '#/') return { kind: 'landing' }
  if (hash === '#/gallery' || hash.startsWith('#/gallery/')) return { kind: 'gallery', scene: hash.slice('#/gallery/'.length) }
  return parseRoomLink(hash) === undefined ? { kind: 'bad-link' } : { kind: 'room', fragment: hash }
}

/** The fragment of a pasted link, whatever host it names: rooms are the same everywhere, and this tab stays where it is. */
export function fragmentOf(text: string): string | undefined {
  if (parseRoomLink(text) === undefined) return undefined
  const trimmed = text.trim()
  return trimmed.includes('#') ? trimmed.slice(trimmed.indexOf('#')) : `#/r/${trimmed}`
}
