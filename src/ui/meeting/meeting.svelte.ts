/** The meeting as screens need it: who is in, who waits, whose hand is up, what this person may do. The deeds are the port's. */
import { nameAmong, personOf } from '../../core/companion/one-person.ts'
import type { Member, Session, SessionParticipant, SessionState } from '../../ports/asterism.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { sentenceOf } from '../format/sentence.ts'
import { observed } from '../observed.svelte.ts'

const NOT_DONE = 'That did not work. Try again in a moment.'

export class MeetingModel {
  readonly #session: () => Session
  /** Why the last deed did not happen. */
  trouble: string | undefined = $state()

  constructor(session: Session) {
    this.#session = observed(session)
  }

  get state(): SessionState {
    return this.#session().state
  }
  get me(): SessionParticipant | undefined {
    return this.state.participants.find(({ isMe }) => isMe)
  }
  /** Another device stands for this person. */
  get isSecond(): boolean {
    return this.me?.isSecond ?? false
  }
  /** Until the meeting has told, one is in: it is others who keep somebody out. */
  get place(): SessionParticipant['place'] {
    return this.me?.place ?? 'in'
  }
  get waiting(): readonly SessionParticipant[] {
    return this.state.participants.filter(({ place, isMe }) => place === 'waiting' && !isMe)
  }
  get removed(): readonly SessionParticipant[] {
    return this.state.participants.filter(({ place }) => place === 'removed')
  }
  /** Raised hands first, in the order they were raised. Two devices of one person are one. */
  get inside(): readonly SessionParticipant[] {
    const inside = this.state.participants.filter(({ place, isSecond }) => place === 'in' && !isSecond)
    return inside.toSorted((a, b) => (a.handAtMs ?? Number.POSITIVE_INFINITY) - (b.handAtMs ?? Number.POSITIVE_INFINITY) || 0)
  }
  /** How many moderators have to let in. */
  get knocking(): number {
    return this.state.mayModerate ? this.waiting.length : 0
  }
  /** Those who take all of the call out of it now, on whichever of their devices. */
  get recording(): readonly SessionParticipant[] {
    return this.#takingOut('recording')
  }
  get streaming(): readonly SessionParticipant[] {
    return this.#takingOut('streaming')
  }
  get isHandUp(): boolean {
    return this.me?.handAtMs !== undefined
  }
  get maySelfMove(): boolean {
    return this.state.peopleMove || this.state.mayModerate
  }

  /** Tabs whose shared screen is watched together without its sound. */
  get mutedScreens(): readonly TabId[] {
    const { watch } = this.state
    return watch?.source.kind === 'share' && watch.isMuted ? (this.of(watch.by)?.tabs ?? []) : []
  }

  of(device: DeviceId): SessionParticipant | undefined {
    return this.state.participants.find((one) => one.device === device)
  }

  /** The device that stands under this person's. */
  secondOf({ companion }: SessionParticipant): SessionParticipant | undefined {
    return this.state.participants.find(({ device, isSecond }) => isSecond && device === companion)
  }

  /** One of each: two tabs, or two devices of a person, are one; of several the own tab, then the device that stands for the person. */
  peopleAmong(members: readonly Member[]): readonly Member[] {
    const people = new Map<DeviceId, Member>()
    for (const member of members) {
      const { device } = member
      const told = this.of(device)
      const person = told?.isSecond === true ? (told.companion ?? device) : device
      const before = people.get(person)
      if (before === undefined || member.isMe || (device === person && !before.isMe && before.device !== person)) people.set(person, member)
    }
    return [...people.values()]
  }

  nameOf(device: DeviceId): string {
    const told = this.of(device)
    return told === undefined ? 'Somebody' : nameAmong(told, this.state.participants)
  }

  /** First, second, third of the raised hands; undefined: not raised. */
  handPlace(device: DeviceId): number | undefined {
    const hands = this.inside.filter(({ handAtMs }) => handAtMs !== undefined)
    const nth = hands.findIndex((one) => one.device === device)
    return nth === -1 ? undefined : nth + 1
  }

  subRoomName(id: string | undefined): string | undefined {
    return id === undefined ? undefined : (this.state.subRooms.find((room) => room.id === id)?.name ?? 'a side room')
  }

  #takingOut(what: keyof SessionParticipant['capture']): readonly SessionParticipant[] {
    const people = new Map<DeviceId, SessionParticipant>()
    const { participants } = this.state
    for (const one of participants) {
      if (one.place !== 'in' || !one.capture[what]) continue
      const person = personOf(one, participants)
      const isMe = participants.some(({ isMe, device }) => isMe && (device === one.device || device === one.companion))
      people.set(person.device, { ...person, isMe })
    }
    return [...people.values()]
  }

  /** What a press does; a refusal is said, not thrown. */
  async run(deed: (session: Session) => Promise<unknown>): Promise<void> {
    this.trouble = undefined
    try {
      await deed(this.#session())
    } catch (error) {
      this.trouble = sentenceOf(error, NOT_DONE)
    }
  }

  async toggleHand(): Promise<void> {
    const raised = !this.isHandUp
    await this.run((session) => session.raiseHand(raised))
  }
}
