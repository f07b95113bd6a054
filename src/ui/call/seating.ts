/**
 * Who sits where when not everybody fits on the stage. In sight are those who spoke last; a tile keeps its place until
 * somebody out of sight speaks, who then changes places with the one silent longest. So a face is looked for once.
 */
import type { TabId } from '../../protocol/ids.ts'

export type Seating = {
  /** Everybody; as many as there are places are in sight. */
  readonly order: readonly TabId[]
  /** Who spoke, last first. */
  readonly heard: readonly TabId[]
}

export type Present = { readonly tab: TabId; readonly isMe: boolean; readonly isSpeaking: boolean }

export const EMPTY_SEATING: Seating = { order: [], heard: [] }

/** `present`: me first, if I am. `isHeld`: people look elsewhere, so nobody changes places now. Seating the same people again changes nothing. */
export function seat(before: Seating, present: readonly Present[], places: number, isHeld: boolean): Seating {
  const here = new Set(present.map(({ tab }) => tab))
  const speaking = new Set(present.filter(({ isSpeaking }) => isSpeaking).map(({ tab }) => tab))
  const spoken = before.heard.filter((tab) => here.has(tab))
  const heard = [
    ...spoken.filter((tab) => speaking.has(tab)),
    ...[...speaking].filter((tab) => !spoken.includes(tab)),
    ...spoken.filter((tab) => !speaking.has(tab)),
  ]
  const order = fillPlaces(before.order, [...here], heard, places)
  const stays = present.find(({ isMe }) => isMe)?.tab
  if (!isHeld) bringIntoSight(order, heard, new Set([...speaking, ...(stays === undefined ? [] : [stays])]), places)
  return { order, heard }
}

/** A place left in sight goes to the one out of sight who spoke last; everybody else stays. */
function fillPlaces(before: readonly TabId[], here: readonly TabId[], heard: readonly TabId[], places: number): TabId[] {
  const inSight = before.slice(0, places).map((tab) => (here.includes(tab) ? tab : undefined))
  const others = [...before.slice(places).filter((tab) => here.includes(tab)), ...here.filter((tab) => !before.includes(tab))]
  const seated = inSight.flatMap((tab) => {
    if (tab !== undefined) return [tab]
    const next = lastHeard(others, heard)
    if (next === undefined) return []
    others.splice(others.indexOf(next), 1)
    return [next]
  })
  return [...seated, ...others]
}

/** `staying`: my own tile, and those who speak. */
function bringIntoSight(order: TabId[], heard: readonly TabId[], staying: ReadonlySet<TabId>, places: number): void {
  const silence = (tab: TabId) => (heard.includes(tab) ? heard.indexOf(tab) : heard.length)
  for (;;) {
    const outside = order.slice(places).filter((tab) => heard.includes(tab))
    const comes = lastHeard(outside, heard)
    const silent = order.slice(0, places).filter((tab) => !staying.has(tab))
    const goes = silent.reduceRight<TabId | undefined>(
      (longest, tab) => (longest === undefined || silence(tab) > silence(longest) ? tab : longest),
      undefined,
    )
    if (comes === undefined || goes === undefined || silence(comes) >= silence(goes)) return
    const [from, to] = [order.indexOf(comes), order.indexOf(goes)]
    order[from] = goes
    order[to] = comes
  }
}

/** The first of those never heard when nobody was. */
function lastHeard(tabs: readonly TabId[], heard: readonly TabId[]): TabId | undefined {
  return heard.find((tab) => tabs.includes(tab)) ?? tabs[0]
}
