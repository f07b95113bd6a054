/** Both sides of one link against each other, in every order of what may be under way. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RECEIVE_START, type ReceiveEvent, receiveStep } from '../../../../src/core/storage/receive-transfer.ts'
import { SERVE_START, type ServeEffect, type ServeEvent, serveStep } from '../../../../src/core/storage/serve-transfer.ts'
import type { BlockId } from '../../../../src/protocol/ids.ts'
import { BLOCK_BYTES, DATA_PAYLOAD_BYTES, TRANSFERS_PER_PEER } from '../../../../src/protocol/limits.ts'

test('[TRANSFER-6] whatever is asked, cancelled and read, an honest holder is never cut and credit is never lost', () => {
  const action = fc.oneof(
    fc.record({
      do: fc.constant('ask' as const),
      sizes: fc.array(fc.option(fc.integer({ min: 0, max: BLOCK_BYTES }), { nil: undefined }), { minLength: 1, maxLength: 6 }),
      urgent: fc.boolean(),
    }),
    fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(5) }),
    fc.record({ do: fc.constant('read' as const) }),
    fc.record({ do: fc.constant('sent' as const) }),
    fc.record({ do: fc.constant('store' as const) }),
    fc.record({ do: fc.constant('lanes' as const), lanes: fc.subarray([1, 2]) }),
  )
  fc.assert(
    fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const pair = new Pair()
      for (const each of actions) {
        if (each.do === 'ask') pair.ask(each.sizes, each.urgent)
        else if (each.do === 'cancel') pair.cancel(each.nth)
        else if (each.do === 'read') pair.readOne()
        else if (each.do === 'sent') pair.sentOne()
        else if (each.do === 'lanes') pair.setLanes([0, ...each.lanes])
        else pair.storeAll()
      }
      pair.settle()
      expect(pair.cuts).toEqual([])
      expect(pair.openWants()).toBe(0)
      expect(pair.heldBytes()).toBe(0)
      expect(pair.creditLost()).toBe(0)
    }),
    { numRuns: 200 },
  )
})

/** An asker and a holder joined by a wire that delivers at once. */
class Pair {
  cuts: string[] = []
  #receive = RECEIVE_START
  #serve = SERVE_START
  #reads: Extract<ServeEffect, { kind: 'read' }>[] = []
  #sends: Extract<ServeEffect, { kind: 'send' }>[] = []
  #toStore = 0
  #next = 1
  readonly #sizes = new Map<BlockId, number | undefined>()

  ask(sizes: readonly (number | undefined)[], urgent: boolean): void {
    if (this.#serve.wants.length >= TRANSFERS_PER_PEER) return
    const transfer = this.#next++
    const ids = sizes.map((bytes, i) => {
      const id = `bafkrei${transfer}x${i}` as BlockId
      this.#sizes.set(id, bytes)
      return id
    })
    this.#toReceive({ kind: 'asked', transfer, blocks: ids, urgent })
    this.#toServe({ kind: 'want', transfer, blocks: ids, urgent })
  }

  cancel(nth: number): void {
    const transfer = this.#serve.wants[nth]?.transfer
    if (transfer === undefined) return
    this.#toReceive({ kind: 'cancelled', transfer })
    this.#toServe({ kind: 'cancel', transfer })
  }

  readOne(): void {
    const read = this.#reads.shift()
    if (read !== undefined) this.#toServe({ kind: 'read', transfer: read.transfer, index: read.index, bytes: this.#sizes.get(read.id) })
  }

  sentOne(): void {
    const send = this.#sends.shift()
    if (send === undefined) return
    const { lane, transfer, index, offset, bytes, blockBytes } = send
    if (!this.#serve.lanes.includes(lane)) {
      // The lane broke with these on it.
      return
    }
    let at = offset
    do {
      const payloadBytes = Math.min(DATA_PAYLOAD_BYTES, offset + bytes - at)
      this.#toReceive({ kind: 'frame', lane, transfer, index, offset: at, blockBytes, payloadBytes })
      at += DATA_PAYLOAD_BYTES
    } while (at < offset + bytes)
    this.#toServe({ kind: 'sent', lane })
  }

  /** What is on a lane that closes is lost, and both sides learn how much. */
  setLanes(lanes: readonly number[]): void {
    for (const lane of this.#serve.lanes) {
      if (lanes.includes(lane)) continue
      const lost = this.#sends.filter((send) => send.lane === lane)
      this.#sends = this.#sends.filter((send) => send.lane !== lane)
      const lostBytes = lost.reduce((sum, { bytes }) => sum + bytes, 0)
      this.#toReceive({ kind: 'lane-closed', lane, lostBytes })
    }
    this.#toServe({ kind: 'lanes', lanes })
  }

  storeAll(): void {
    const bytes = this.#toStore
    this.#toStore = 0
    if (bytes > 0) this.#toReceive({ kind: 'accepted', bytes })
  }

  settle(): void {
    for (let i = 0; i < 1000 && (this.#reads.length > 0 || this.#sends.length > 0 || this.#toStore > 0); i++) {
      this.readOne()
      this.sentOne()
      this.storeAll()
    }
  }

  openWants(): number {
    return this.#serve.wants.length
  }

  heldBytes(): number {
    return this.#receive.allowance.heldBytes
  }

  /** Granted, and neither arrived nor in the holder's hands. */
  creditLost(): number {
    return this.#receive.allowance.openBytes - this.#serve.creditBytes
  }

  #toReceive(event: ReceiveEvent): void {
    const step = receiveStep(this.#receive, event)
    this.#receive = step.next
    for (const effect of step.effects) {
      if (effect.kind === 'grant') this.#toServe({ kind: 'credit', bytes: effect.bytes })
      else if (effect.kind === 'cut') this.cuts.push(effect.detail)
      else if (effect.kind === 'write' && effect.last) this.#toStore += effect.bufferBytes
    }
  }

  #toServe(event: ServeEvent): void {
    const step = serveStep(this.#serve, event)
    this.#serve = step.next
    for (const effect of step.effects) {
      if (effect.kind === 'read') this.#reads.push(effect)
      else if (effect.kind === 'send') this.#sends.push(effect)
      else if (effect.kind === 'missing') this.#toReceive({ kind: 'missing', transfer: effect.transfer, index: effect.index })
      else if (effect.kind === 'cut') this.cuts.push(effect.detail)
    }
  }
}
