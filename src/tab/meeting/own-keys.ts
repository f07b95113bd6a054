/** Draws, tells and uses the keys of what this tab sends, as core/call/sender-keys decides; and takes those of the others. */
import { beginKeys, type KeyEffect, type KeyEvent, stepKeys } from '../../core/call/sender-keys.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { TabId } from '../../protocol/ids.ts'
import { SENDER_KEYS } from '../../protocol/limits.ts'
import { LAYERS } from '../../protocol/media.ts'
import type { MeetingMessage } from '../../protocol/meeting.ts'
import type { MediaWorker } from './media-worker.ts'

export type OwnKeysParts = {
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  readonly media: MediaWorker
  /** False when the tab cannot be told now. */
  readonly tell: (tab: TabId, message: MeetingMessage) => boolean
}

const SECRET_BYTES = 32

export class OwnKeys {
  readonly #parts: OwnKeysParts
  readonly #secrets = new Map<number, Bytes>()
  #keys

  constructor(parts: OwnKeysParts) {
    this.#parts = parts
    const { next, effects } = beginKeys()
    this.#keys = next
    for (const effect of effects) this.#carryOut(effect)
  }

  /** Whenever participants or links changed. */
  follow(tabs: readonly TabId[]): void {
    this.#handle({ kind: 'participants', tabs })
  }

  #handle(event: KeyEvent): void {
    const { next, effects } = stepKeys(this.#keys, event)
    this.#keys = next
    for (const effect of effects) this.#carryOut(effect)
  }

  #carryOut(effect: KeyEffect): void {
    const { clock, random, media, tell } = this.#parts
    switch (effect.kind) {
      case 'draw':
        this.#secrets.set(effect.generation, random(SECRET_BYTES))
        this.#secrets.delete(effect.generation - SENDER_KEYS)
        return
      case 'tell':
        if (tell(effect.tab, { t: 'key', generation: effect.generation, secret: this.#secretOf(effect.generation) })) {
          this.#handle({ kind: 'told', tab: effect.tab, generation: effect.generation })
        }
        return
      case 'use': {
        const { generation } = effect
        const use = () => media.post({ t: 'own-key', generation, secret: this.#secretOf(generation), layers: LAYERS })
        if (effect.delayMs === 0) use()
        else clock.after(effect.delayMs, use)
        return
      }
      case 'wait':
        clock.after(effect.delayMs, () => this.#handle({ kind: 'draw-due' }))
        return
      default:
        effect satisfies never
    }
  }

  #secretOf(generation: number): Bytes {
    return this.#secrets.get(generation) as Bytes
  }
}
