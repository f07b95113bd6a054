import { expect, test } from 'vitest'
import { planFew, planOne, planStage, type Standing } from '../../../../src/core/call/plan-stage.ts'
import { SHARED_LAYOUTS as LAYOUTS } from '../../../../src/protocol/control.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'

const tabs = (text: string) => [...text] as readonly string[] as readonly TabId[]
/** Letters are people, capitals those who speak, M is me; `sharing`: who shows a screen. */
const people = (text: string, sharing = ''): readonly Standing[] =>
  [...text].map((letter) => {
    const tab = letter.toLowerCase()
    return { tab: tab as TabId, isMe: tab === 'm', isSpeaking: letter !== tab, hasScreen: sharing.includes(tab) }
  })
const NOBODY = { pinned: [], spotlight: [] }
const told = ({ largeScreens, largePeople, asideScreens }: ReturnType<typeof planStage>) =>
  [largeScreens, largePeople, asideScreens].map((ones) => ones.join('')).join('|')

test('[UI-50] each way of looking makes large what it names', () => {
  const shared = LAYOUTS.map((layout) => told(planStage(layout, people('maBc', 'ac'), NOBODY, [])))
  expect(shared).toEqual(['ac||', '|b|ac', 'a|b|c', 'ac||'])
  const unshared = LAYOUTS.map((layout) => told(planStage(layout, people('maBc'), NOBODY, [])))
  expect(unshared).toEqual(['||', '|b|', '|ba|', '||'])
})

test('[UI-50] whom I chose comes first, then whom a moderator shows; who is not here is not waited for', () => {
  const chosen = { pinned: tabs('c'), spotlight: tabs('ab') }
  expect(told(planStage('grid', people('mabc'), chosen, []))).toBe('|c|')
  expect(told(planStage('grid', people('mab'), chosen, []))).toBe('|ab|')
  expect(told(planStage('speaker', people('maB'), { ...chosen, spotlight: tabs('xa') }, []))).toBe('|a|')
  expect(told(planStage('side-by-side', people('maB'), { pinned: tabs('a'), spotlight: [] }, []))).toBe('|ab|')
})

test('[UI-50] I am large to myself only while nobody else is there, or as the second of two', () => {
  expect(LAYOUTS.map((layout) => told(planStage(layout, people('M'), NOBODY, [])))).toEqual(['||', '|m|', '|m|', '||'])
  expect(told(planStage('side-by-side', people('Ma'), NOBODY, []))).toBe('|am|')
})

test('[UI-77] several that I chose stand large in the order in which I chose them, two of them side by side', () => {
  const chosen = { pinned: tabs('cxa'), spotlight: tabs('b') }
  const shown = LAYOUTS.map((layout) => told(planStage(layout, people('maBc'), chosen, [])))
  expect(shown).toEqual(['|ca|', '|ca|', '|ca|', '|ca|'])
  expect(told(planStage('side-by-side', people('maBc'), { ...chosen, pinned: tabs('cab') }, []))).toBe('|ca|')
  expect(told(planStage('side-by-side', people('maBc', 'b'), chosen, []))).toBe('b|c|')
})

test('[UI-78] of whom I leave out nothing is planned but a screen they share, whoever else wants them large', () => {
  const without = (text: string, out: string, sharing = '') =>
    people(text, sharing).map((one) => ({ ...one, isLeftOut: out.includes(one.tab) }))
  const alone = LAYOUTS.map((layout) => told(planStage(layout, without('maB', 'b'), { pinned: [], spotlight: tabs('b') }, tabs('b'))))
  expect(alone).toEqual(['||', '|a|', '|am|', '||'])
  const shared = LAYOUTS.map((layout) => told(planStage(layout, without('maB', 'b', 'b'), NOBODY, [])))
  expect(shared).toEqual(['b||', '|a|b', 'b|a|', 'b||'])
  const one = (sharing: string) => planOne(planFew(without('maB', 'b', sharing), { pinned: tabs('b'), spotlight: [] }), tabs('b'))
  expect([one(''), one('b')]).toEqual(['a', 'b'])
})

test('[UI-52] whoever stands large stays until another speaks and they do not', () => {
  let before: readonly TabId[] = []
  const seen = ['mabc', 'maBc', 'mabc', 'mABc', 'mAbc', 'mabC', 'mab'].map((scene) => {
    before = planStage('speaker', people(scene), NOBODY, before).largePeople
    return before.join('')
  })
  expect(seen).toEqual(['a', 'b', 'b', 'b', 'a', 'c', 'a'])
})

test('[UI-52] of two, the silent one gives way', () => {
  const next = (scene: string, before: string) => planStage('side-by-side', people(scene), NOBODY, tabs(before)).largePeople.join('')
  expect([next('mAbC', 'ab'), next('maBC', 'ab'), next('mABC', 'ab'), next('mabc', 'bc')]).toEqual(['ac', 'cb', 'ab', 'bc'])
})
