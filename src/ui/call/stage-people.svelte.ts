/** Who stands on this person's stage, who in small beside it, and who of them was named to be large. Every window of the call asks here. */
import type { Chosen, Standing } from '../../core/call/plan-stage.ts'
import { isLookedAt } from '../../core/companion/one-person.ts'
import type { MeetingModel } from '../meeting/meeting.svelte.ts'
import type { CallModel, Participant } from './call.svelte.ts'
import type { StageChoice } from './stage-choice.svelte.ts'

export class StagePeople {
  readonly #call: CallModel
  readonly #meeting: MeetingModel
  readonly #choice: StageChoice

  constructor(call: CallModel, meeting: MeetingModel, choice: StageChoice) {
    this.#call = call
    this.#meeting = meeting
    this.#choice = choice
  }

  readonly #present = $derived.by(() => {
    const present = this.#call.participants.flatMap((one): Participant[] => {
      const told = this.#meeting.of(one.member.device)
      if (!isLookedAt(told, one.camera, one.screen, one.microphone)) return []
      return told?.isSecond === true ? [{ ...one, member: { ...one.member, name: this.#meeting.nameOf(told.device) } }] : [one]
    })
    return present.length === 0 ? this.#call.participants : present
  })
  readonly near = $derived.by(() => {
    const { subRoom } = this.#meeting.state
    const near = this.#present.filter(({ member }) => member.isMe || this.#isIn(member.device, subRoom))
    return this.#choice.hidesMe && near.length > 1 ? near.filter(({ member }) => !member.isMe) : near
  })
  /** The main room, while this person is elsewhere. */
  readonly far = $derived.by(() => {
    if (this.#meeting.state.subRoom === undefined) return []
    return this.#present.filter(({ member }) => !member.isMe && this.#isIn(member.device, undefined))
  })

  readonly standing: readonly Standing[] = $derived.by(() =>
    this.near.map(({ member: { tab, isMe }, speaking, screen }) => ({
      tab,
      isMe,
      isSpeaking: speaking,
      hasScreen: screen !== undefined,
    })),
  )
  readonly chosen: Chosen = $derived.by(() => ({
    pinned: this.#choice.pinned,
    spotlight: this.#meeting.state.spotlight.flatMap(
      (device) => this.near.find(({ member }) => member.device === device)?.member.tab ?? [],
    ),
  }))

  /** Said to be shared and not there yet: what is not asked for never comes. */
  readonly awaited = $derived.by(() => this.near.filter(({ member, screen }) => member.screen && screen === undefined))

  /** Before the meeting has told of somebody, they stand where this person is. */
  #isIn(device: Participant['member']['device'], subRoom: string | undefined): boolean {
    const told = this.#meeting.of(device)
    return told === undefined ? subRoom === this.#meeting.state.subRoom : told.place === 'in' && told.subRoom === subRoom
  }
}
