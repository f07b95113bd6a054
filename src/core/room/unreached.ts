/** Whom the relay lists and no dial reaches: people are told once of each, and that it is over when nobody is left of whom it is so. */
import type { TabId } from '../../protocol/ids.ts'
import { UNREACHED_DIALS } from '../../protocol/limits.ts'

export type UnreachedNews = { readonly kind: 'unreached'; readonly tab: TabId } | { readonly kind: 'all-reached' }

type Tabs = ReadonlyMap<TabId, { readonly listed: boolean; readonly failures: number }>

export function unreachedNews(before: Tabs, after: Tabs): readonly UnreachedNews[] {
  const news = [...after].flatMap(([tab, { listed, failures }]): UnreachedNews[] =>
    listed && failures === UNREACHED_DIALS && before.get(tab)?.failures !== failures ? [{ kind: 'unreached', tab }] : [],
  )
  return isAnybodyUnreached(before) && !isAnybodyUnreached(after) ? [...news, { kind: 'all-reached' }] : news
}

function isAnybodyUnreached(tabs: Tabs): boolean {
  return [...tabs.values()].some(({ listed, failures }) => listed && failures >= UNREACHED_DIALS)
}
