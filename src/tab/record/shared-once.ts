/** What costs much, once for all who want the same of it: opened for the first of them, closed after the last. */
type Closing = { readonly close: () => void }

export class SharedOnce<T extends Closing> {
  readonly #held = new Map<string, { readonly one: T; users: number }>()
  readonly #onCount: (held: number) => void

  /** `onCount`: how many are open, whenever that changed. */
  constructor(onCount: (held: number) => void) {
    this.#onCount = onCount
  }

  /** `key`: says all in which two may differ. Letting go twice counts once. */
  take(key: string, open: () => T): { readonly one: T; readonly letGo: () => void } {
    const before = this.#held.get(key)
    const held = before ?? { one: open(), users: 0 }
    this.#held.set(key, held)
    held.users++
    if (before === undefined) this.#onCount(this.#held.size)
    let isTaken = true
    const letGo = () => {
      if (!isTaken) return
      isTaken = false
      held.users--
      if (held.users > 0) return
      this.#held.delete(key)
      held.one.close()
      this.#onCount(this.#held.size)
    }
    return { one: held.one, letGo }
  }
}
