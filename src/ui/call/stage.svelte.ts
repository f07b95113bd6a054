/** The stage as its view needs it: who is shown on this page and where, what stands behind it, and what is told to the call. */
import { isInSight } from '../shell/in-sight.svelte.ts'
import type { CallModel, Participant } from './call.svelte.ts'
import { EMPTY_SEATING, seat } from './seating.ts'
import { countPlaces, layoutStage, type Rect } from './stage-layout.ts'
import { visibleTiles } from './visible-tiles.ts'

export type Placed = { readonly participant: Participant; readonly place: Rect }

export class StageModel {
  width = $state(0)
  height = $state(0)
  #chosenPage = $state(0)
  #seating = EMPTY_SEATING
  readonly #call: CallModel

  constructor(call: CallModel) {
    this.#call = call
  }

  readonly isMeasured = $derived(this.width > 0 && this.height > 0)
  readonly #size = $derived({ width: this.width, height: this.height })
  readonly #people = $derived.by(() => this.#call.participants)
  readonly #sharers = $derived(this.#people.filter(({ screen }) => screen !== undefined))
  /** Before the stage is measured nobody has to give way. */
  readonly #places = $derived(this.isMeasured ? countPlaces(this.#sharers.length, this.#size) : this.#people.length)
  /** The last place of a page that does not hold everybody leads to the others. */
  readonly #perPage = $derived(this.#people.length <= this.#places ? this.#people.length : this.#places - 1)
  readonly #layout = $derived(layoutStage(this.#sharers.length, Math.min(this.#people.length, this.#places), this.#size))

  readonly pages = $derived(Math.max(1, Math.ceil(this.#people.length / Math.max(1, this.#perPage))))
  readonly page = $derived(Math.min(this.#chosenPage, this.pages - 1))

  readonly #ordered = $derived.by(() => {
    const present = this.#people.map(({ member, speaking }) => ({ tab: member.tab, isSpeaking: speaking }))
    this.#seating = seat(this.#seating, present, this.#perPage, this.page > 0)
    const byTab = new Map(this.#people.map((participant) => [participant.member.tab, participant]))
    return this.#seating.order.flatMap((tab) => byTab.get(tab) ?? [])
  })
  readonly #first = $derived(this.page * this.#perPage)

  readonly people: readonly Placed[] = $derived(
    this.#ordered.slice(this.#first, this.#first + this.#perPage).flatMap((participant, i) => place(participant, this.#layout.people[i])),
  )
  readonly screens: readonly Placed[] = $derived(this.#sharers.flatMap((participant, i) => place(participant, this.#layout.screens[i])))
  readonly morePlace = $derived(this.pages === 1 ? undefined : this.#layout.people[this.#perPage])
  /** After this page. */
  readonly left = $derived(Math.max(0, this.#people.length - this.#first - this.#perPage))
  readonly elsewhere = $derived(this.#ordered.filter((_, i) => i < this.#first || i >= this.#first + this.#perPage))

  readonly visible = $derived.by(() => {
    if (!isInSight() || !this.isMeasured) return []
    const shown = [
      ...this.screens.map(({ participant, place }) => ({ participant, view: 'screen' as const, height: place.height })),
      ...this.people.map(({ participant, place }) => ({ participant, view: 'camera' as const, height: place.height })),
    ].filter(({ participant }) => !participant.member.isMe)
    return visibleTiles(
      shown.map(({ participant, view, height }) => ({ tab: participant.member.tab, view, height })),
      devicePixelRatio,
    )
  })

  /** On from the last page is back to the first. */
  turnPage(by: 1 | -1): void {
    this.#chosenPage = (this.page + by + this.pages) % this.pages
  }
}

function place(participant: Participant, place: Rect | undefined): Placed[] {
  return place === undefined ? [] : [{ participant, place }]
}
