/**
 * Who stands large and who aside, for each way of looking at a call: on a stage, and on a picture of all. Whom a person chose
 * comes first, then whom a moderator shows to everybody, then who speaks. Where that is, is for whoever lays it out.
 */
import type { SHARED_LAYOUTS, Show } from '../../protocol/control.ts'
import type { TabId } from '../../protocol/ids.ts'

type Layout = (typeof SHARED_LAYOUTS)[number]
export type Standing = {
  readonly tab: TabId
  readonly isMe: boolean
  readonly isSpeaking: boolean
  readonly hasScreen: boolean
  /** Whoever looks does not want to see them: a screen they share is all there is of them. */
  readonly isLeftOut?: boolean
}
/** `pinned`: whom whoever looks chose, in that order. */
export type Chosen = { readonly pinned: readonly TabId[]; readonly spotlight: readonly TabId[] }
export type StagePlan = {
  readonly largeScreens: readonly TabId[]
  readonly largePeople: readonly TabId[]
  /** Small, and always in sight. */
  readonly asideScreens: readonly TabId[]
}

/** What is watched together: where its shower wants it, and whose screen it is when it is one. */
export type ShowStanding = { readonly place: Show['place']; readonly screen: TabId | undefined }

/** `before`: who stood large until now; they stay while nobody else speaks. */
export function planStage(layout: Layout, people: readonly Standing[], chosen: Chosen, before: readonly TabId[]): StagePlan {
  const screens = people.filter(({ hasScreen }) => hasScreen).map(({ tab }) => tab)
  const named = namedPeople(people, chosen)
  const lead = (count: number) => (named.length > 0 ? named : chooseLarge(before, people, count))
  switch (layout) {
    case 'grid':
      return { largeScreens: screens, largePeople: named, asideScreens: [] }
    case 'share':
      return { largeScreens: screens, largePeople: screens.length > 0 ? [] : named, asideScreens: [] }
    case 'speaker':
      return { largeScreens: [], largePeople: lead(1), asideScreens: screens }
    case 'side-by-side': {
      const [screen, ...others] = screens
      if (screen !== undefined) return { largeScreens: [screen], largePeople: lead(1).slice(0, 1), asideScreens: others }
      const two = [...new Set([...named, ...chooseLarge(before, people, 2)])].slice(0, 2)
      return { largeScreens: [], largePeople: two, asideScreens: [] }
    }
    default:
      return layout satisfies never
  }
}

/** Of whom a window is that holds one: of those I chose, else of those a moderator shows, else of all. */
export function planFew(people: readonly Standing[], chosen: Chosen): readonly Standing[] {
  const named = namedPeople(people, chosen)
  return named.length === 0 ? people : people.filter(({ tab }) => named.includes(tab))
}

/** Who stands in it: who shows a screen, else who speaks. My own screen would show itself in itself. */
export function planOne(few: readonly Standing[], before: readonly TabId[]): TabId | undefined {
  return few.find(({ hasScreen, isMe }) => hasScreen && !isMe)?.tab ?? chooseLarge(before, few, 1)[0]
}

/** On the stage a show stands alone, and all others around it. The screen that is shown stands there once. */
export function planAround(plan: StagePlan, { place, screen }: ShowStanding): StagePlan {
  const without = (screens: readonly TabId[]) => screens.filter((tab) => tab !== screen)
  const [large, aside] = [without(plan.largeScreens), without(plan.asideScreens)]
  if (place !== 'stage') return { ...plan, largeScreens: large, asideScreens: aside }
  return { largeScreens: [], largePeople: [], asideScreens: [...large, ...aside] }
}

function namedPeople(people: readonly Standing[], { pinned, spotlight }: Chosen): readonly TabId[] {
  const isHere = (tab: TabId) => people.some((one) => one.tab === tab && one.isLeftOut !== true)
  return pinned.some(isHere) ? pinned.filter(isHere) : spotlight.filter(isHere)
}

/** Who speaks, never I while anybody else is there; whoever is large stays so until another speaks and they do not. */
function chooseLarge(before: readonly TabId[], people: readonly Standing[], count: number): readonly TabId[] {
  const seen = people.filter(({ isLeftOut }) => isLeftOut !== true)
  const others = seen.filter(({ isMe }) => !isMe)
  const speaking = others.filter(({ isSpeaking }) => isSpeaking).map(({ tab }) => tab)
  const large = before.filter((tab) => others.some((one) => one.tab === tab)).slice(0, count)
  for (const tab of speaking) {
    const silent = large.findIndex((one) => !speaking.includes(one))
    if (large.includes(tab)) continue
    if (large.length < count) large.push(tab)
    else if (silent !== -1) large[silent] = tab
  }
  return [...new Set([...large, ...others.map(({ tab }) => tab), ...seen.map(({ tab }) => tab)])].slice(0, count)
}
