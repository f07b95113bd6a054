/** The other device of this person as screens need it: found by a code, what it does now, and what a press asks of it. */
import { readCode } from '../../core/companion/code.ts'
import type { Call, Companion, Member, SharedLayout } from '../../ports/asterism.ts'
import type { CallModel } from '../call/call.svelte.ts'
import type { MeetingModel } from '../meeting/meeting.svelte.ts'
import { observed } from '../observed.svelte.ts'

const NOT_THERE = 'The other device cannot be reached now. It is tried again with the next press.'
const NOT_FOUND = 'No device here shows this code. Look again; after three tries it has to show a new one.'
const NO_CODE = 'A code has six digits.'

/** The tools came with the view that asks. */
export async function loadCompanion(source: Call): Promise<Companion> {
  return (await source.tools()).companion
}

export class CompanionModel {
  /** Why the last press did nothing. */
  trouble: string | undefined = $state()
  isPairing = $state(false)
  /** What was asked of the other screen last: how it looks is not told. */
  layout: SharedLayout | undefined = $state()
  readonly #read: () => Companion
  readonly #call: CallModel
  readonly #meeting: MeetingModel

  constructor(companion: Companion, call: CallModel, meeting: MeetingModel) {
    this.#read = observed(companion)
    this.#call = call
    this.#meeting = meeting
  }

  get code(): string | undefined {
    return this.#read().code
  }
  get isPaired(): boolean {
    return this.#read().other !== undefined
  }
  get isSecond(): boolean {
    return this.#read().isSecond
  }
  get isScreenAsked(): boolean {
    return this.#read().isScreenAsked
  }
  get look(): Companion['look'] {
    return this.#read().look
  }
  get other(): Member | undefined {
    const { other } = this.#read()
    return this.#call.participants.find(({ member }) => member.device === other)?.member
  }
  get isHandUp(): boolean {
    const { other } = this.#read()
    return other !== undefined && this.#meeting.of(other)?.handAtMs !== undefined
  }

  offer(): void {
    this.#read().offer()
  }

  withdraw(): void {
    this.#read().withdraw()
  }

  async pair(typed: string): Promise<boolean> {
    if (readCode(typed) === undefined) {
      this.trouble = NO_CODE
      return false
    }
    this.trouble = undefined
    this.isPairing = true
    const isFound = await this.#read()
      .pair(typed)
      .catch(() => false)
    this.isPairing = false
    if (!isFound) this.trouble = NOT_FOUND
    return isFound
  }

  async part(): Promise<void> {
    await this.#read().part()
  }

  async changePlaces(): Promise<void> {
    await this.#read().setSecond(!this.isSecond)
  }

  refuseScreen(): void {
    this.#read().refuseScreen()
  }

  steer(wish: Parameters<Companion['steer']>[0]): void {
    const isTold = this.#read().steer(wish)
    this.trouble = isTold ? undefined : NOT_THERE
    if (isTold && wish.what === 'look') this.layout = wish.layout
  }

  /** Two devices of one person leave together. */
  async leave(): Promise<void> {
    this.steer({ what: 'leave' })
    await this.#call.stepOut()
  }
}

/** '123 456': read aloud and typed in halves. */
export function spacedCode(code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`
}
