/** Rooms this device has been in. Reading them loads the P2P part, so it waits until the landing page has painted and rests. */
import type { Asterism, RecentRoom } from '../../ports/asterism.ts'

/** Browsers without idle callbacks get the time a first paint takes. */
const SETTLE_MS = 800

export class RecentRoomList {
  rooms: readonly RecentRoom[] = $state.raw([])
  readonly #asterism: () => Promise<Asterism>

  constructor(asterism: () => Promise<Asterism>) {
    this.#asterism = asterism
  }

  /** Returns the function that calls it off. */
  loadWhenIdle(): () => void {
    let wanted = true
    const load = () => wanted && void this.#load()
    if (typeof requestIdleCallback === 'function') requestIdleCallback(load, { timeout: SETTLE_MS })
    else setTimeout(load, SETTLE_MS)
    return () => {
      wanted = false
    }
  }

  async forget(room: RecentRoom): Promise<void> {
    this.rooms = this.rooms.filter(({ id }) => id !== room.id)
    await (await this.#asterism()).forgetRoom(room.id)
  }

  async #load(): Promise<void> {
    try {
      this.rooms = await (await this.#asterism()).recentRooms()
    } catch {
      // The list is a convenience: pressing a button tries again and says what is wrong.
    }
  }
}
