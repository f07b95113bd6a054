/**
 * Whose way of looking counts. A layout that a moderator set for the call is followed until this person picks one; what they
 * picked then holds against that very layout, and a new one is followed again.
 */
import type { SharedLayout } from '../../ports/asterism.ts'

export type LayoutChoice = {
  readonly own: SharedLayout
  /** The pushed layout this person turned away from. */
  readonly declined: SharedLayout | undefined
}

export function layoutNow(choice: LayoutChoice, pushed: SharedLayout | undefined): SharedLayout {
  return isFollowing(choice, pushed) ? (pushed ?? choice.own) : choice.own
}

export function isFollowing(choice: LayoutChoice, pushed: SharedLayout | undefined): boolean {
  return pushed !== undefined && pushed !== choice.declined
}

export function pickLayout(own: SharedLayout, pushed: SharedLayout | undefined): LayoutChoice {
  return { own, declined: pushed }
}
