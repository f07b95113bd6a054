/** The small window as its view needs it: the one who stands in it, and what it asks of the call, whoever looks at the page behind it. */
import { planFew, planOne } from '../../core/call/plan-stage.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { MeetingModel } from '../meeting/meeting.svelte.ts'
import type { CallModel, Participant } from './call.svelte.ts'
import type { StageChoice } from './stage-choice.svelte.ts'
import { StagePeople } from './stage-people.svelte.ts'
import { visibleTiles } from './visible-tiles.ts'

export class FloatModel {
  height = $state(0)
  pixelsPerPx = $state(1)
  readonly #on: StagePeople
  #before: readonly TabId[] = []

  constructor(call: CallModel, meeting: MeetingModel, choice: StageChoice) {
    this.#on = new StagePeople(call, meeting, choice)
  }

  readonly #few = $derived.by(() => planFew(this.#on.standing, this.#on.chosen))
  readonly shown: Participant | undefined = $derived.by(() => {
    const tab = planOne(this.#few, this.#before)
    this.#before = tab === undefined ? [] : [tab]
    return this.#on.find((member) => member.tab === tab)
  })
  readonly screen = $derived(this.shown?.member.isMe === true ? undefined : this.shown?.screen)
  readonly track = $derived(this.screen ?? this.shown?.camera)

  readonly visible = $derived.by(() => {
    const view = this.screen === undefined ? ('camera' as const) : ('screen' as const)
    const shown = this.shown === undefined ? [] : [{ participant: this.shown, view }]
    // Only of those who may stand here, and only while no screen does: what came would be let go, and asked for again.
    const mayStand = this.#on.awaited.filter(({ member }) => this.#few.some(({ tab }) => tab === member.tab))
    const awaited = view === 'screen' ? [] : mayStand.map((participant) => ({ participant, view: 'screen' as const }))
    return visibleTiles(
      [...shown, ...awaited].flatMap(({ participant: { member }, view }) =>
        member.isMe || this.height === 0 ? [] : [{ tab: member.tab, view, height: this.height }],
      ),
      this.pixelsPerPx,
    )
  })
}
