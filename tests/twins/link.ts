/**
 * A link in memory: two ends that deliver frames later and in order, as data channels do, with a small send buffer. A
 * test may look at, change or drop what is on its way.
 */
import type { Link, LinkState, Links } from '../../src/ports/link.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import type { DeviceId, TabId } from '../../src/protocol/ids.ts'

export type TwinLink = Link & {
  state: LinkState
  readonly cutBy: Error[]
  readonly sent: { dataBytes: number }
  changed(): void
  end(): void
}

/** What arrives in place of a frame. */
export type Tamper = (frame: Uint8Array) => readonly Uint8Array[]

export type Side = { readonly tab: TabId; readonly device: DeviceId }

/** The first end is at `a` and leads to `b`. Both are connected. */
export function linkPair(a: Side, b: Side, tamper: { data?: Tamper } = {}): readonly [TwinLink, TwinLink] {
  const toA = new Listeners()
  const toB = new Listeners()
  const ends: TwinLink[] = []
  const end = () => {
    for (const link of ends) {
      if (link.state === 'closed') continue
      link.state = 'closed'
      link.changed()
    }
  }
  const make = (peer: Side, inbox: Listeners, outbox: Listeners): TwinLink => {
    const listeners = new Set<() => void>()
    const link = {
      peer: peer.tab,
      device: peer.device,
      state: 'connected' as LinkState,
      path: 'direct' as const,
      rttMs: 1,
      incoming: new Map(),
      cutBy: [] as Error[],
      sent: { dataBytes: 0 },
      setOutgoing: () => {},
      sendCommand(frame: Uint8Array) {
        if (link.state !== 'connected') return false
        outbox.deliver('command', frame)
        return true
      },
      async sendData(frame: Bytes) {
        if (link.state !== 'connected') throw new Error('closed')
        link.sent.dataBytes += frame.byteLength
        for (const arriving of tamper.data?.(frame) ?? [frame]) outbox.deliver('data', arriving)
        await outbox.drained()
      },
      onCommand: (listener: (frame: ArrayBuffer) => void) => inbox.on('command', listener),
      onData: (listener: (frame: ArrayBuffer) => void) => inbox.on('data', listener),
      subscribe(listener: () => void) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      changed() {
        for (const listener of [...listeners]) listener()
      },
      cut(reason: Error) {
        link.cutBy.push(reason)
        end()
      },
      end,
    }
    return link
  }
  const pair = [make(b, toA, toB), make(a, toB, toA)] as const
  ends.push(...pair)
  return pair
}

class Listeners {
  readonly #by = { command: new Set<(frame: ArrayBuffer) => void>(), data: new Set<(frame: ArrayBuffer) => void>() }
  #underway = Promise.resolve()
  #waiting = 0

  on(kind: 'command' | 'data', listener: (frame: ArrayBuffer) => void): () => void {
    this.#by[kind].add(listener)
    return () => this.#by[kind].delete(listener)
  }

  deliver(kind: 'command' | 'data', frame: Uint8Array): void {
    const copy = new Uint8Array(frame).buffer
    this.#waiting++
    this.#underway = this.#underway.then(() => {
      this.#waiting--
      for (const listener of [...this.#by[kind]]) listener(copy)
    })
  }

  /** Holds a sender back while much is under way. */
  async drained(): Promise<void> {
    if (this.#waiting > 64) await this.#underway
  }
}

export class TwinLinks implements Links {
  #all: readonly Link[] = []
  readonly #listeners = new Set<() => void>()

  all(): readonly Link[] {
    return this.#all
  }

  get(peer: TabId): Link | undefined {
    return this.#all.find((link) => link.peer === peer)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  add(link: Link): void {
    this.#all = [...this.#all, link]
    link.subscribe(() => {
      if (link.state === 'closed') this.#remove(link)
    })
    this.#tell()
  }

  #remove(link: Link): void {
    this.#all = this.#all.filter((other) => other !== link)
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
