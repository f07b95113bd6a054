/**
 * The key under which this tab seals what it sends. Everybody in the call is told it over their own link; when somebody
 * leaves a new one is drawn, so that they open nothing sent later. It is used when those who stay had time to get it.
 */
import type { TabId } from '../../protocol/ids.ts'
import { KEY_GRACE_MS } from '../../protocol/limits.ts'

export type SenderKeys = {
  /** Of the newest key. */
  readonly generation: number
  /** Tabs that have the newest key. */
  readonly told: ReadonlySet<TabId>
  readonly participants: ReadonlySet<TabId>
  /** Somebody left, and a new key will be drawn. */
  readonly isStale: boolean
}

export type KeyEvent =
  /** Those who are in the call now and can be told. */
  | { readonly kind: 'participants'; readonly tabs: readonly TabId[] }
  | { readonly kind: 'told'; readonly tab: TabId; readonly generation: number }
  | { readonly kind: 'draw-due' }

export type KeyEffect =
  | { readonly kind: 'draw'; readonly generation: number }
  | { readonly kind: 'tell'; readonly tab: TabId; readonly generation: number }
  /** Seal with it after so long. */
  | { readonly kind: 'use'; readonly generation: number; readonly delayMs: number }
  /** `draw-due` after so long: those who leave together cost one key. */
  | { readonly kind: 'wait'; readonly delayMs: number }

type Step = { readonly next: SenderKeys; readonly effects: readonly KeyEffect[] }

const DRAW_AFTER_MS = 100

export function beginKeys(): Step {
  const next: SenderKeys = { generation: 0, told: new Set(), participants: new Set(), isStale: false }
  return {
    next,
    effects: [
      { kind: 'draw', generation: 0 },
      { kind: 'use', generation: 0, delayMs: 0 },
    ],
  }
}

export function stepKeys(keys: SenderKeys, event: KeyEvent): Step {
  switch (event.kind) {
    case 'participants':
      return follow(keys, new Set(event.tabs))
    case 'told':
      if (event.generation !== keys.generation || !keys.participants.has(event.tab)) return { next: keys, effects: [] }
      return { next: { ...keys, told: new Set([...keys.told, event.tab]) }, effects: [] }
    case 'draw-due': {
      const generation = keys.generation + 1
      const next = { ...keys, generation, told: new Set<TabId>(), isStale: false }
      const draw: KeyEffect = { kind: 'draw', generation }
      return { next, effects: [draw, ...tellAll(next), { kind: 'use', generation, delayMs: KEY_GRACE_MS }] }
    }
    default:
      return event satisfies never
  }
}

/** Who is not known to have the key is told (again): a link may have been closed when it was said. */
function follow(keys: SenderKeys, participants: ReadonlySet<TabId>): Step {
  const hasLeft = [...keys.told].some((tab) => !participants.has(tab))
  const told = new Set([...keys.told].filter((tab) => participants.has(tab)))
  const next = { ...keys, told, participants, isStale: keys.isStale || hasLeft }
  const wait: readonly KeyEffect[] = hasLeft && !keys.isStale ? [{ kind: 'wait', delayMs: DRAW_AFTER_MS }] : []
  return { next, effects: [...tellAll(next), ...wait] }
}

function tellAll({ participants, told, generation }: SenderKeys): readonly KeyEffect[] {
  return [...participants].filter((tab) => !told.has(tab)).map((tab) => ({ kind: 'tell', tab, generation }))
}
