/**
 * Whose way of looking counts. A layout that a moderator set for the call is followed until this person picks one; what they
 * picked then holds against that push, and the next one is followed again, be it of the same layout.
 */
import type { SessionState, SharedLayout } from '../../ports/asterism.ts'

export type Pushed = Pick<SessionState, 'layout' | 'layoutTurn'>

export type LayoutChoice = {
  readonly own: SharedLayout
  /** Of the push this person turned away from, and all before it. */
  readonly declinedTurn: number
}

export function layoutNow(choice: LayoutChoice, pushed: Pushed): SharedLayout {
  return isFollowing(choice, pushed) ? (pushed.layout ?? choice.own) : choice.own
}

export function isFollowing(choice: LayoutChoice, { layout, layoutTurn }: Pushed): boolean {
  return layout !== undefined && layoutTurn > choice.declinedTurn
}

export function pickLayout(own: SharedLayout, { layoutTurn }: Pick<Pushed, 'layoutTurn'>): LayoutChoice {
  return { own, declinedTurn: layoutTurn }
}
