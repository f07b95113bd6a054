/** What this tab wants of the others: by its screen, by who speaks, and, where no plan looks after it, by what its line brings. */
import { chooseWants, type SeenTile } from '../../core/call/overlay/choose-wants.ts'
import { fitDown } from '../../core/call/overlay/fit-down.ts'
import { recentSpeakers } from '../../core/call/recent-speakers.ts'
import type { Layer, MediaId, Subscription } from '../../protocol/media.ts'
import type { LayerProfile } from '../../protocol/media-worker.ts'

export type WantedView = {
  /** The others that may be taken from, with what they send. */
  readonly others: readonly { readonly id: MediaId; readonly layers: readonly Layer[] }[]
  readonly visible: readonly SeenTile[] | undefined
  /** Who speaks now. */
  readonly speaking: readonly MediaId[]
  /** Everybody in the call. */
  readonly present: ReadonlySet<MediaId>
  /** Undefined: a plan says who has what. */
  readonly line: { readonly downKbps: number; readonly profiles: readonly LayerProfile[] } | undefined
}

export class OwnWants {
  #speakers: readonly MediaId[] = []
  #small: ReadonlySet<MediaId> = new Set()

  /** Of how many others the small picture is taken because the line of this tab is short. */
  get smallPictures(): number {
    return this.#small.size
  }

  choose({ others, visible, speaking, present, line }: WantedView): readonly Subscription[] {
    this.#speakers = recentSpeakers(this.#speakers, speaking, present)
    const wants = chooseWants({ others, visible, speaking: this.#speakers })
    const fitted = line === undefined ? { wants, small: new Set<MediaId>() } : this.#fit(wants, visible, line)
    this.#small = fitted.small
    return fitted.wants
  }

  #fit(wants: readonly Subscription[], visible: WantedView['visible'], line: NonNullable<WantedView['line']>) {
    return fitDown(wants, { ...line, visible, speaking: this.#speakers, small: this.#small })
  }
}
