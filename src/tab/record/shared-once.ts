/** What costs much, once for all who want the same of it: opened for the first of them, closed after the last. */
type Closing = { readonly close: () => void }

export class SharedOnce<T extends Closing> {
  readonly #held = new Map<string, { readonly one: T; users: number }>()

  /** `key`: says all in which two may differ. Letting go twice counts once. */
  take(key: string, open: () => T): { readonly one: T; readonly letGo: () => void } {
    const held = this.#held.get(key) ?? { one: open(), users: 0 }
    this.#held.set(key, held)
    held.users++
    let isTaken = true
    const letGo = () => {
      if (!isTaken) return
      isTaken = false
      held.users--
      if (held.users > 0) return
      this.#held.delete(key)
      held.one.close()
    }
    return { one: held.one, letGo }
  }
}
