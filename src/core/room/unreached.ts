/** Whom the relay lists and no dial reaches: people are told once of each, and that it is over when nobody is left of whom it is so. */
import type { TabId } from '../../protocol/ids.ts'
import { UNREACHED_DIALS, UNREACHED_MS } from '../../protocol/limits.ts'

export type UnreachedNews = { readonly kind: 'unreached'; readonly tab: TabId } | { readonly kind: 'all-reached' }

type Apart = { readonly apartSinceMs: number; readonly isUnreached: boolean }
type Tabs = ReadonlyMap<TabId, { readonly listed: boolean; readonly isUnreached: boolean }>

/** After so many failed dials. Whoever waits for a newcomer's dials dials fewer itself, and people wait as long. */
export function isUnreachedNow({ apartSinceMs, isUnreached }: Apart, failures: number, nowMs: number): boolean {
  return isUnreached || (failures >= UNREACHED_DIALS && nowMs - apartSinceMs >= UNREACHED_MS)
}

export function unreachedNews(before: Tabs, after: Tabs): readonly UnreachedNews[] {
  const news = [...after].flatMap(([tab, { listed, isUnreached }]): UnreachedNews[] =>
    listed && isUnreached && before.get(tab)?.isUnreached !== true ? [{ kind: 'unreached', tab }] : [],
  )
  return isAnybodyUnreached(before) && !isAnybodyUnreached(after) ? [...news, { kind: 'all-reached' }] : news
}

function isAnybodyUnreached(tabs: Tabs): boolean {
  return [...tabs.values()].some(({ listed, isUnreached }) => listed && isUnreached)
}
