/**
 * The doors of this tab. They are for owner and moderators in the call, and close with either. As long as something leaves
 * the call by one of them, everybody is told so.
 */
import type { Door, Doors } from '../../ports/tools.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { ToolParts } from '../tools/parts.ts'
import { CallDoor, type DoorWish } from './call-door.ts'
import { DoorLine } from './door-line.ts'

export function openDoors(parts: ToolParts): Doors {
  return new CallDoors(parts)
}

class CallDoors implements Doors {
  open: readonly Door[] = []
  readonly #parts: ToolParts
  readonly #line: DoorLine
  readonly #doors = new Map<string, CallDoor>()
  readonly #listeners = new Set<() => void>()
  #isTold = false

  constructor(parts: ToolParts) {
    this.#parts = parts
    this.#line = new DoorLine(parts.origin, parts.clock, parts.signal)
    const look = () => {
      if (this.#doors.size > 0 && !this.#isAllowed()) this.#closeAll()
    }
    const stops = [parts.call.subscribe(look), parts.session.subscribe(look)]
    parts.signal.addEventListener('abort', () => {
      for (const stop of stops) stop()
      this.#closeAll()
    })
  }

  async add(wish: DoorWish): Promise<Door> {
    if (!this.#isAllowed()) throw new RoomError('role-refused', 'door')
    const door = new CallDoor({
      wish,
      tools: this.#parts,
      say: (word) => this.#line.say(word),
      onChange: () => this.#changed(),
      tellAll: () => this.#tell(true),
      onUnshared: () => this.#close(door),
    })
    await this.#line.open(door.token, (asked) => void door.ask(asked))
    if (!this.#isAllowed()) {
      void this.#line.close(door.token)
      throw new RoomError('role-refused', 'door')
    }
    this.#doors.set(door.view.id, door)
    this.#changed()
    return door.view
  }

  close(id: string): void {
    const door = this.#doors.get(id)
    if (door !== undefined) this.#close(door)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #isAllowed(): boolean {
    const { call, session, signal } = this.#parts
    return !signal.aborted && call.state === 'in' && session.state.mayModerate
  }

  #close(door: CallDoor): void {
    if (!this.#doors.delete(door.view.id)) return
    void this.#line.close(door.token)
    door.close()
    this.#changed()
  }

  #closeAll(): void {
    for (const door of [...this.#doors.values()]) this.#close(door)
  }

  #changed(): void {
    this.open = [...this.#doors.values()].map((door) => door.view)
    const isLeaking = [...this.#doors.values()].some((door) => door.isLeaking)
    if (!isLeaking && this.#isTold) void this.#tell(false).catch(() => {})
    for (const listener of [...this.#listeners]) listener()
  }

  async #tell(streaming: boolean): Promise<void> {
    this.#isTold = streaming
    await this.#parts.session.tellCapture({ streaming })
  }
}
