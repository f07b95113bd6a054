/** What stands behind the person now, for the filter that runs and for those that come after it. */
import type { Background } from '../../protocol/backgrounds.ts'
import type { Backdrop } from '../../protocol/effects-worker.ts'
import { bytesOf } from './own-background.ts'

const BLUR: Backdrop = { kind: 'blur' }

export class ShownBackdrop {
  /** Of the filter that runs. */
  onChange: (backdrop: Backdrop) => void = () => {}
  #current = BLUR
  /** The wish and the picture it was taken from: an own picture may be another one under the same wish. */
  #wish: Background = 'blur'
  #address: string | undefined

  get current(): Backdrop {
    return this.#current
  }

  /** Whether it is another one than before. `address`: of the own picture. */
  wish(wish: Exclude<Background, 'none'>, address: string | undefined): boolean {
    const own = wish === 'own' ? address : undefined
    if (wish === this.#wish && own === this.#address) return false
    this.#wish = wish
    this.#address = own
    this.#current = backdropOf(wish, own)
    this.onChange(this.#current)
    return true
  }
}

/** A picture that is kept no more must not show the room instead of it. */
function backdropOf(wish: Exclude<Background, 'none'>, address: string | undefined): Backdrop {
  if (wish === 'blur') return BLUR
  if (wish !== 'own') return { kind: 'painted', name: wish }
  const bytes = address === undefined ? undefined : bytesOf(address)
  return bytes === undefined ? BLUR : { kind: 'picture', bytes }
}
