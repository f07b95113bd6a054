/** The stage as its view needs it: who is shown on this page, how large and where, what stands behind it, and what is told to the call. */
import { planAround, planStage } from '../../core/call/plan-stage.ts'
import type { SessionState, SharedLayout } from '../../ports/asterism.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { MeetingModel } from '../meeting/meeting.svelte.ts'
import { isInSight } from '../shell/in-sight.svelte.ts'
import type { CallModel, Participant } from './call.svelte.ts'
import { EMPTY_SEATING, seat } from './seating.ts'
import type { StageChoice } from './stage-choice.svelte.ts'
import { cornerOf, countPlaces, hasCorner, layoutStage, type Rect } from './stage-layout.ts'
import { StagePeople } from './stage-people.svelte.ts'
import { wayOf } from './stage-plan.ts'
import { visibleTiles } from './visible-tiles.ts'

export type Placed = { readonly participant: Participant; readonly place: Rect; readonly isLarge: boolean }

/** Those of the main room while this person is in a side room: small, in one row. */
const FAR_TILE = { width: 112, height: 63 } as const

export class StageModel {
  width = $state(0)
  height = $state(0)
  #chosenPage = $state(0)
  #seating = EMPTY_SEATING
  #large: readonly TabId[] = []
  readonly #on: StagePeople
  readonly #meeting: MeetingModel
  readonly #choice: StageChoice
  readonly #watched: () => SessionState['watch']

  constructor(call: CallModel, meeting: MeetingModel, choice: StageChoice, watched = () => meeting.state.watch) {
    this.#watched = watched
    this.#on = new StagePeople(call, meeting, choice)
    this.#meeting = meeting
    this.#choice = choice
  }

  readonly isMeasured = $derived(this.width > 0 && this.height > 0)
  readonly layout: SharedLayout = $derived.by(() => this.#choice.layoutUnder(this.#meeting.state))
  readonly #size = $derived({ width: this.width, height: this.height })
  readonly far = $derived.by(() => this.#on.far.slice(0, Math.max(1, Math.floor(this.width / (FAR_TILE.width + 8)) - 1)))
  readonly farLeft = $derived.by(() => this.#on.far.length - this.far.length)

  /** What is watched together, and whose screen it is when it is one. */
  readonly #show = $derived.by(() => this.#watched())
  readonly showScreen = $derived.by(() => {
    const show = this.#show
    if (show?.source.kind !== 'share') return undefined
    const shower = this.#on.find(({ device }) => device === show.by)
    return shower?.screen === undefined ? undefined : shower
  })

  readonly #plan = $derived.by(() => {
    const plan = planStage(this.layout, this.#on.standing, this.#on.chosen, this.#large)
    this.#large = plan.largePeople
    return this.#show === undefined ? plan : planAround(plan, { place: this.#show.place, screen: this.showScreen?.member.tab })
  })
  readonly #isShowLarge = $derived(this.#show?.place === 'stage')
  readonly #way = $derived.by(() => wayOf(this.#isShowLarge ? 'speaker' : this.layout, this.#choice.place))
  readonly #largeCount = $derived(this.#plan.largeScreens.length + this.#plan.largePeople.length + Number(this.#isShowLarge))
  readonly #small = $derived.by(() => this.#on.near.filter(({ member }) => !this.#plan.largePeople.includes(member.tab)))
  readonly #allPlaces = $derived(countPlaces(this.#largeCount, this.#size, this.#way))
  readonly #isShowAside = $derived.by(() => {
    const place = this.#show?.place
    return (
      place === 'beside' ||
      (place === 'corner' && !hasCorner(this.#size, this.#small.length + this.#plan.asideScreens.length, this.#allPlaces))
    )
  })
  readonly #asideScreens = $derived(this.#plan.asideScreens.length + Number(this.#isShowAside))

  /** Before the stage is measured nobody has to give way. */
  readonly #places = $derived(this.isMeasured ? Math.max(2, this.#allPlaces - this.#asideScreens) : this.#small.length)
  /** The last place of a page that does not hold everybody leads to the others. */
  readonly #perPage = $derived(this.#small.length <= this.#places ? this.#small.length : this.#places - 1)
  readonly #rects = $derived(
    layoutStage(this.#largeCount, this.#asideScreens + Math.min(this.#small.length, this.#places), this.#size, this.#way),
  )
  readonly #smallRects = $derived(this.#rects.small.slice(this.#asideScreens))

  readonly pages = $derived(Math.max(1, Math.ceil(this.#small.length / Math.max(1, this.#perPage))))
  readonly page = $derived(Math.min(this.#chosenPage, this.pages - 1))

  readonly #ordered = $derived.by(() => {
    const present = this.#small.map(({ member, speaking }) => ({ tab: member.tab, isMe: member.isMe, isSpeaking: speaking }))
    this.#seating = seat(this.#seating, present, this.#perPage, this.page > 0)
    const byTab = new Map(this.#small.map((participant) => [participant.member.tab, participant]))
    return this.#seating.order.flatMap((tab) => byTab.get(tab) ?? [])
  })
  readonly #first = $derived(this.page * this.#perPage)

  readonly people: readonly Placed[] = $derived([
    ...this.#placed(this.#plan.largePeople, this.#rects.large.slice(this.#plan.largeScreens.length), true),
    ...this.#ordered
      .slice(this.#first, this.#first + this.#perPage)
      .flatMap((participant, i) => placeOne(participant, this.#smallRects[i], false)),
  ])
  readonly screens: readonly Placed[] = $derived([
    ...this.#placed(this.#plan.largeScreens, this.#rects.large, true),
    ...this.#placed(this.#plan.asideScreens, this.#rects.small.slice(Number(this.#isShowAside)), false),
  ])
  readonly showPlace = $derived.by(() => {
    if (this.#show === undefined || !this.isMeasured) return undefined
    return this.#isShowLarge ? this.#rects.large[0] : this.#isShowAside ? this.#rects.small[0] : cornerOf(this.#size)
  })
  /** Everybody alike: the threads between them can be drawn. */
  readonly isPlain = $derived(this.#plan.largePeople.length === 0 && !this.#isShowLarge && this.page === 0)
  readonly morePlace = $derived(this.pages === 1 ? undefined : this.#smallRects[this.#perPage])
  /** After this page. */
  readonly left = $derived(Math.max(0, this.#small.length - this.#first - this.#perPage))
  readonly elsewhere = $derived(this.#ordered.filter((_, i) => i < this.#first || i >= this.#first + this.#perPage))

  readonly visible = $derived.by(() => {
    if (!isInSight() || !this.isMeasured) return []
    const shown = [
      ...this.#onShow(),
      ...this.screens.map(({ participant, place }) => ({ participant, view: 'screen' as const, height: place.height })),
      ...this.#on.awaited.map((participant) => ({ participant, view: 'screen' as const, height: this.height })),
      ...this.people.map(({ participant, place }) => ({ participant, view: 'camera' as const, height: place.height })),
      ...this.far.map((participant) => ({ participant, view: 'camera' as const, height: FAR_TILE.height })),
    ].filter(({ participant }) => !participant.member.isMe)
    return visibleTiles(
      shown.map(({ participant, view, height }) => ({ tab: participant.member.tab, view, height })),
      devicePixelRatio,
    )
  })

  /** The screen that is shown, and the people who stand on it or beside it. */
  #onShow(): { participant: Participant; view: 'camera' | 'screen'; height: number }[] {
    const height = this.showPlace?.height ?? 0
    const screen = this.showScreen === undefined ? [] : [{ participant: this.showScreen, view: 'screen' as const, height }]
    const people = (this.#show?.overlays ?? []).flatMap((overlay) => {
      const participant = 'device' in overlay ? this.#on.near.find(({ member }) => member.device === overlay.device) : undefined
      const part = overlay.kind === 'split' ? 0.5 : 0.3
      return participant === undefined ? [] : [{ participant, view: 'camera' as const, height: height * part }]
    })
    return [...screen, ...people]
  }

  /** On from the last page is back to the first. */
  turnPage(by: 1 | -1): void {
    this.#chosenPage = (this.page + by + this.pages) % this.pages
  }

  #placed(tabs: readonly TabId[], rects: readonly Rect[], isLarge: boolean): Placed[] {
    return tabs.flatMap((tab, i) => {
      const participant = this.#on.find((member) => member.tab === tab)
      return participant === undefined ? [] : placeOne(participant, rects[i], isLarge)
    })
  }
}

function placeOne(participant: Participant, place: Rect | undefined, isLarge: boolean): Placed[] {
  return place === undefined ? [] : [{ participant, place, isLarge }]
}
