/**
 * A key under which this tab seals some of what it sends. Its whole audience is told it over their own links; when somebody of
 * them leaves a new one is drawn, so that they open nothing sent later, and used when those who stay had time to get it. When
 * this tab's person turns to another audience, the new one is used at once: not a word more is for those before.
 */
import type { TabId } from '../../protocol/ids.ts'
import { KEY_GRACE_MS } from '../../protocol/limits.ts'

export type SenderKeys = {
  /** Of the newest key. */
  readonly generation: number
  /** Of the key that seals now. */
  readonly used: number
  /** Tabs that have the newest key. */
  readonly told: ReadonlySet<TabId>
  readonly audience: ReadonlySet<TabId>
  /** For what this tab's person has this audience. */
  readonly scope: string | undefined
  /** Somebody left, and a new key will be drawn. */
  readonly isStale: boolean
}

export type KeyEvent =
  /** Those who are to have the key now and can be told. */
  | { readonly kind: 'audience'; readonly tabs: readonly TabId[]; readonly scope: string }
  | { readonly kind: 'told'; readonly tab: TabId; readonly generation: number }
  | { readonly kind: 'draw-due' }
  | { readonly kind: 'use-due'; readonly generation: number }

export type KeyEffect =
  | { readonly kind: 'draw'; readonly generation: number }
  | { readonly kind: 'tell'; readonly tab: TabId; readonly generation: number }
  /** From now on. */
  | { readonly kind: 'use'; readonly generation: number }
  /** `use-due` after so long. */
  | { readonly kind: 'use-later'; readonly generation: number; readonly delayMs: number }
  /** `draw-due` after so long: those who leave together cost one key. */
  | { readonly kind: 'wait'; readonly delayMs: number }

type Step = { readonly next: SenderKeys; readonly effects: readonly KeyEffect[] }

const DRAW_AFTER_MS = 100

export function beginKeys(): Step {
  const next: SenderKeys = { generation: 0, used: 0, told: new Set(), audience: new Set(), scope: undefined, isStale: false }
  return {
    next,
    effects: [
      { kind: 'draw', generation: 0 },
      { kind: 'use', generation: 0 },
    ],
  }
}

export function stepKeys(keys: SenderKeys, event: KeyEvent): Step {
  switch (event.kind) {
    case 'audience': {
      const next = { ...keys, audience: new Set(event.tabs), scope: event.scope }
      return event.scope !== keys.scope && keys.told.size > 0 ? turn(next) : follow(next)
    }
    case 'told':
      if (event.generation !== keys.generation || !keys.audience.has(event.tab)) return { next: keys, effects: [] }
      return { next: { ...keys, told: new Set([...keys.told, event.tab]) }, effects: [] }
    case 'draw-due': {
      if (!keys.isStale) return { next: keys, effects: [] }
      const { next, effects } = draw(keys)
      return { next, effects: [...effects, { kind: 'use-later', generation: next.generation, delayMs: KEY_GRACE_MS }] }
    }
    case 'use-due':
      if (event.generation <= keys.used) return { next: keys, effects: [] }
      return { next: { ...keys, used: event.generation }, effects: [{ kind: 'use', generation: event.generation }] }
    default:
      return event satisfies never
  }
}

/** Who is not known to have the key is told (again): a link may have been closed when it was said. */
function follow(keys: SenderKeys): Step {
  const hasLeft = [...keys.told].some((tab) => !keys.audience.has(tab))
  const told = new Set([...keys.told].filter((tab) => keys.audience.has(tab)))
  const next = { ...keys, told, isStale: keys.isStale || hasLeft }
  const wait: readonly KeyEffect[] = hasLeft && !keys.isStale ? [{ kind: 'wait', delayMs: DRAW_AFTER_MS }] : []
  return { next, effects: [...tellAll(next), ...wait] }
}

/** What comes before the key is there waits for it, or is lost: nothing of it is for anybody else. */
function turn(keys: SenderKeys): Step {
  const { next, effects } = draw(keys)
  return { next: { ...next, used: next.generation }, effects: [...effects, { kind: 'use', generation: next.generation }] }
}

function draw(keys: SenderKeys): Step {
  const next = { ...keys, generation: keys.generation + 1, told: new Set<TabId>(), isStale: false }
  return { next, effects: [{ kind: 'draw', generation: next.generation }, ...tellAll(next)] }
}

function tellAll({ audience, told, generation }: SenderKeys): readonly KeyEffect[] {
  return [...audience].filter((tab) => !told.has(tab)).map((tab) => ({ kind: 'tell', tab, generation }))
}
