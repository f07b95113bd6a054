/** How this person looks at calls: kept on this device, but for whom they want large or not at all, which lasts as long as the room is open. */
import type { SharedLayout } from '../../ports/asterism.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { isFollowing, type LayoutChoice, layoutNow, type Pushed, pickLayout } from './layout-choice.ts'
import { LARGE_PLACES, type LargePlace } from './stage-layout.ts'
import { LAYOUTS } from './stage-plan.ts'

const KEY = 'asterism.stage'
/** Two rows of two: with more of them a phone shows none larger than everybody alike. */
const MOST_PINNED = 4

/** The other device of the same person goes with it. */
type Person = { readonly device: DeviceId; readonly companion?: DeviceId | undefined }

export class StageChoice {
  #layout: LayoutChoice = $state.raw({ own: 'grid', declinedTurn: 0 })
  #place: LargePlace = $state('fit')
  #hidesMe = $state(false)
  /** In the order in which they were chosen. */
  pinned: readonly TabId[] = $state.raw([])
  /** By their devices: who comes again with another tab is still left out. */
  leftOut: readonly DeviceId[] = $state.raw([])

  constructor({ layout, place, hidesMe } = remembered()) {
    this.#layout = pickLayout(LAYOUTS.find((one) => one === layout) ?? 'grid', { layoutTurn: 0 })
    this.#place = LARGE_PLACES.find((one) => one === place) ?? 'fit'
    this.#hidesMe = hidesMe === true
  }

  layoutUnder(pushed: Pushed): SharedLayout {
    return layoutNow(this.#layout, pushed)
  }

  isFollowing(pushed: Pushed): boolean {
    return isFollowing(this.#layout, pushed)
  }

  pick(layout: SharedLayout, pushed: Pushed): void {
    this.#layout = pickLayout(layout, pushed)
    this.#remember()
  }

  /** The next way of looking, round again after the last. */
  pickNext(pushed: Pushed): void {
    const next = (LAYOUTS.indexOf(this.layoutUnder(pushed)) + 1) % LAYOUTS.length
    this.pick(LAYOUTS[next] ?? 'grid', pushed)
  }

  /** Back to what this person had, and no more of what was pushed. */
  decline(pushed: Pushed): void {
    this.pick(this.#layout.own, pushed)
  }

  get place(): LargePlace {
    return this.#place
  }
  set place(place: LargePlace) {
    this.#place = place
    this.#remember()
  }

  get hidesMe(): boolean {
    return this.#hidesMe
  }
  set hidesMe(hidesMe: boolean) {
    this.#hidesMe = hidesMe
    this.#remember()
  }

  /** One too many takes the place of the one chosen first. */
  togglePin(tab: TabId): void {
    const others = this.pinned.filter((one) => one !== tab)
    this.pinned = others.length < this.pinned.length ? others : [...others, tab].slice(-MOST_PINNED)
  }

  isLeftOut({ device, companion }: Person): boolean {
    return this.leftOut.some((one) => one === device || one === companion)
  }

  toggleLeftOut(person: Person): void {
    const { device, companion } = person
    const others = this.leftOut.filter((one) => one !== device && one !== companion)
    this.leftOut = this.isLeftOut(person) ? others : [...others, device]
  }

  #remember(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify({ layout: this.#layout.own, place: this.#place, hidesMe: this.#hidesMe }))
    } catch {
      // Storage is closed to this page: the choice lasts as long as the tab.
    }
  }
}

type Remembered = { readonly layout?: unknown; readonly place?: unknown; readonly hidesMe?: unknown }

function remembered(): Remembered {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return typeof stored === 'object' && stored !== null ? stored : {}
  } catch {
    return {}
  }
}
