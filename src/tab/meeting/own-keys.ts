/**
 * Draws, tells and uses the keys of what this tab sends, as core/call/sender-keys decides: one for each kind of layer, since
 * each may have another audience.
 */
import { beginKeys, type KeyEffect, type KeyEvent, stepKeys } from '../../core/call/sender-keys.ts'
import type { Passage } from '../../core/session/who-hears.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { TabId } from '../../protocol/ids.ts'
import { SENDER_KEYS } from '../../protocol/limits.ts'
import { KEY_KINDS, type KeyKind, keyNumber, LAYERS_OF } from '../../protocol/media.ts'
import type { MeetingMessage } from '../../protocol/meeting.ts'
import type { MediaWorker } from './media-worker.ts'

export type OwnKeysParts = {
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  readonly media: MediaWorker
  /** False when the tab cannot be told now. Only tabs of `audience` may pass it on. */
  readonly tell: (tab: TabId, message: MeetingMessage, audience: ReadonlySet<TabId>) => boolean
}

const SECRET_BYTES = 32

export class OwnKeys {
  readonly #keys: readonly (readonly [KeyKind, OwnKey])[]

  constructor(parts: OwnKeysParts) {
    this.#keys = KEY_KINDS.map((kind) => [kind, new OwnKey(parts, kind)])
  }

  /** Whenever audiences, participants or links changed. */
  follow(audience: Passage['audience'], participants: readonly TabId[]): void {
    const takesPart = new Set(participants)
    for (const [kind, key] of this.#keys) {
      const { tabs, scope } = audience[kind]
      key.handle({ kind: 'audience', tabs: tabs.filter((tab) => takesPart.has(tab)), scope })
    }
  }
}

class OwnKey {
  readonly #parts: OwnKeysParts
  readonly #kind: KeyKind
  readonly #secrets = new Map<number, Bytes>()
  #keys

  constructor(parts: OwnKeysParts, kind: KeyKind) {
    this.#parts = parts
    this.#kind = kind
    const { next, effects } = beginKeys()
    this.#keys = next
    for (const effect of effects) this.#carryOut(effect)
  }

  handle(event: KeyEvent): void {
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
        if (
          tell(
            effect.tab,
            { t: 'key', generation: keyNumber(this.#kind, effect.generation), secret: this.#secretOf(effect.generation) },
            this.#keys.audience,
          )
        ) {
          this.handle({ kind: 'told', tab: effect.tab, generation: effect.generation })
        }
        return
      case 'use':
        media.post({
          t: 'own-key',
          generation: keyNumber(this.#kind, effect.generation),
          secret: this.#secretOf(effect.generation),
          layers: LAYERS_OF[this.#kind],
        })
        return
      case 'use-later':
        clock.after(effect.delayMs, () => this.handle({ kind: 'use-due', generation: effect.generation }))
        return
      case 'wait':
        clock.after(effect.delayMs, () => this.handle({ kind: 'draw-due' }))
        return
      default:
        effect satisfies never
    }
  }

  #secretOf(generation: number): Bytes {
    return this.#secrets.get(generation) as Bytes
  }
}
