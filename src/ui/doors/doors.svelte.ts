/** Doors as the screen needs them: one of each kind, opened and closed by a press. */
import type { Call, Door, Doors } from '../../ports/asterism.ts'
import { sentenceOf } from '../format/sentence.ts'
import { observed } from '../observed.svelte.ts'
import type { DoorKind } from './door-words.ts'

const NOT_OPENED = 'That did not work. Check the connection and try again.'

const WISHES = {
  in: { direction: 'in' },
  'out-all': { direction: 'out', of: 'all' },
  'out-share': { direction: 'out', of: 'share' },
} as const satisfies Record<DoorKind, Parameters<Doors['add']>[0]>

export async function loadDoors(source: Call): Promise<DoorsModel> {
  return new DoorsModel((await source.tools()).doors)
}

export class DoorsModel {
  opening: DoorKind | undefined = $state()
  trouble: string | undefined = $state()
  readonly #read: () => Doors

  constructor(doors: Doors) {
    this.#read = observed(doors)
  }

  of(kind: DoorKind): Door | undefined {
    const wish = WISHES[kind]
    const of = 'of' in wish ? wish.of : undefined
    return this.#read().open.find((door) => door.direction === wish.direction && door.of === of)
  }

  async open(kind: DoorKind): Promise<void> {
    this.trouble = undefined
    this.opening = kind
    try {
      await this.#read().add(WISHES[kind])
    } catch (error) {
      this.trouble = sentenceOf(error, NOT_OPENED)
    }
    this.opening = undefined
  }

  close(door: Door): void {
    this.#read().close(door.id)
  }
}
