/** Which tab holds which door, and how much is asked at each. Decides; sockets and clocks are others' business. */
import type { DoorRefusal } from '../../protocol/doors.ts'
import { DOOR_EXCHANGES, DOOR_EXCHANGES_WAITING, DOORS_PER_TAB, RELAY_DOORS, RELAY_WINDOW_MS } from '../../protocol/relay-limits.ts'

export type TakeRefusal = 'unknown' | 'too-many-waiting' | 'too-often'

type Entry<Holder> = { readonly holder: Holder; waiting: number; taken: number; windowStartMs: number }

export class DoorBook<Holder> {
  readonly #doors = new Map<string, Entry<Holder>>()

  get size(): number {
    return this.#doors.size
  }

  /** Opening what one holds already is opening it once. */
  open(door: string, holder: Holder): DoorRefusal | undefined {
    const entry = this.#doors.get(door)
    if (entry !== undefined) return entry.holder === holder ? undefined : 'taken'
    if (this.#doors.size >= RELAY_DOORS || this.countOf(holder) >= DOORS_PER_TAB) return 'too-many'
    this.#doors.set(door, { holder, waiting: 0, taken: 0, windowStartMs: 0 })
    return undefined
  }

  close(door: string, holder: Holder): void {
    if (this.#doors.get(door)?.holder === holder) this.#doors.delete(door)
  }

  leave(holder: Holder): void {
    for (const [door, entry] of this.#doors) if (entry.holder === holder) this.#doors.delete(door)
  }

  countOf(holder: Holder): number {
    let count = 0
    for (const entry of this.#doors.values()) if (entry.holder === holder) count += 1
    return count
  }

  has(door: string): boolean {
    return this.#doors.has(door)
  }

  /** An exchange that now waits for the holder, until it is given back; or the reason why there is none. */
  take(door: string, nowMs: number): { readonly holder: Holder; readonly giveBack: () => void } | TakeRefusal {
    const entry = this.#doors.get(door)
    if (entry === undefined) return 'unknown'
    if (nowMs - entry.windowStartMs >= RELAY_WINDOW_MS) Object.assign(entry, { taken: 0, windowStartMs: nowMs })
    if (entry.taken >= DOOR_EXCHANGES) return 'too-often'
    if (entry.waiting >= DOOR_EXCHANGES_WAITING) return 'too-many-waiting'
    entry.taken += 1
    entry.waiting += 1
    return {
      holder: entry.holder,
      giveBack: () => {
        entry.waiting -= 1
      },
    }
  }
}
