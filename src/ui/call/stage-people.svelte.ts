/** Who stands on this person's stage, who in small beside it, who was named to be large and who was left out. Every window of the call asks here. */
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
  /** In the same room of the call as this person. */
  readonly #here = $derived.by(() => {
    const { subRoom } = this.#meeting.state
    return this.#present.filter(({ member }) => member.isMe || this.#isIn(member.device, subRoom))
  })
  readonly near = $derived.by(() => {
    const near = this.#here.filter((one) => !this.#isLeftOut(one))
    return this.#choice.hidesMe && near.length > 1 ? near.filter(({ member }) => !member.isMe) : near
  })
  /** The main room, while this person is elsewhere. */
  readonly far = $derived.by(() => {
    if (this.#meeting.state.subRoom === undefined) return []
    return this.#present.filter((one) => !one.member.isMe && this.#isIn(one.member.device, undefined) && !this.#isLeftOut(one))
  })

  readonly standing: readonly Standing[] = $derived.by(() =>
    [...this.near, ...this.#here.filter((one) => this.#isLeftOut(one))].map((one) => ({
      tab: one.member.tab,
      isMe: one.member.isMe,
      isSpeaking: one.speaking,
      hasScreen: one.screen !== undefined,
      isLeftOut: this.#isLeftOut(one),
    })),
  )
  readonly chosen: Chosen = $derived.by(() => ({
    pinned: this.#choice.pinned,
    spotlight: this.#meeting.state.spotlight.flatMap(
      (device) => this.near.find(({ member }) => member.device === device)?.member.tab ?? [],
    ),
  }))

  /** Said to be shared and not there yet: what is not asked for never comes. */
  readonly awaited = $derived.by(() => this.#here.filter(({ member, screen }) => member.screen && screen === undefined))

  /** Also who is left out: a screen they share is shown. */
  find(is: (member: Participant['member']) => boolean): Participant | undefined {
    return this.#here.find(({ member }) => is(member))
  }

  #isLeftOut({ member: { isMe, device } }: Participant): boolean {
    return !isMe && this.#choice.isLeftOut({ device, companion: this.#meeting.of(device)?.companion })
  }

  /** Before the meeting has told of somebody, they stand where this person is. */
  #isIn(device: Participant['member']['device'], subRoom: string | undefined): boolean {
    const told = this.#meeting.of(device)
    return told === undefined ? subRoom === this.#meeting.state.subRoom : told.place === 'in' && told.subRoom === subRoom
  }
}
