/**
 * What of a person in the call may be taken out of it, into a recording or to a player that is no member: nothing of who waits
 * or is elsewhere, and nothing that is hushed, whispered, or shown to some only.
 */
import type { Hushed } from '../session/fold-control.ts'

type Standing = {
  readonly place: 'in' | 'waiting' | 'removed'
  readonly subRoom: string | undefined
  readonly hushed: Hushed
  /** What they say or show to some only. */
  readonly confides: { readonly voice: boolean; readonly screen: boolean }
}

export type Leave = { readonly voice: boolean; readonly camera: boolean; readonly screen: boolean }

/** `where`: the sub-room it is taken in. Undefined: this person is not there. */
export function mayLeave({ place, subRoom, hushed, confides }: Standing, where: string | undefined): Leave | undefined {
  if (place !== 'in' || subRoom !== where) return undefined
  return {
    voice: !hushed.microphone && !confides.voice,
    camera: !hushed.camera,
    screen: !hushed.screen && !confides.screen,
  }
}
