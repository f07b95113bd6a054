import { expect, test } from 'vitest'
import { planStage, type Standing } from '../../../../src/core/call/plan-stage.ts'
import { SHARED_LAYOUTS as LAYOUTS } from '../../../../src/protocol/control.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'

const tabs = (text: string) => [...text] as readonly string[] as readonly TabId[]
/** Letters are people, capitals those who speak, M is me; `sharing`: who shows a screen. */
const people = (text: string, sharing = ''): readonly Standing[] =>
  [...text].map((letter) => {
    const tab = letter.toLowerCase()
    return { tab: tab as TabId, isMe: tab === 'm', isSpeaking: letter !== tab, hasScreen: sharing.includes(tab) }
  })
const NOBODY = { pinned: undefined, spotlight: [] }
const told = ({ largeScreens, largePeople, asideScreens }: ReturnType<typeof planStage>) =>
  [largeScreens, largePeople, asideScreens].map((ones) => ones.join('')).join('|')

test('[UI-50] each way of looking makes large what it names', () => {
  const shared = LAYOUTS.map((layout) => told(planStage(layout, people('maBc', 'ac'), NOBODY, [])))
  expect(shared).toEqual(['ac||', '|b|ac', 'a|b|c', 'ac||'])
  const unshared = LAYOUTS.map((layout) => told(planStage(layout, people('maBc'), NOBODY, [])))
  expect(unshared).toEqual(['||', '|b|', '|ba|', '||'])
})

test('[UI-50] whom I chose comes first, then whom a moderator shows; who is not here is not waited for', () => {
  const chosen = { pinned: 'c' as TabId, spotlight: tabs('ab') }
  expect(told(planStage('grid', people('mabc'), chosen, []))).toBe('|c|')
  expect(told(planStage('grid', people('mab'), chosen, []))).toBe('|ab|')
  expect(told(planStage('speaker', people('maB'), { ...chosen, spotlight: tabs('xa') }, []))).toBe('|a|')
  expect(told(planStage('side-by-side', people('maB'), { pinned: 'a' as TabId, spotlight: [] }, []))).toBe('|ab|')
})

test('[UI-50] I am large to myself only while nobody else is there, or as the second of two', () => {
  expect(LAYOUTS.map((layout) => told(planStage(layout, people('M'), NOBODY, [])))).toEqual(['||', '|m|', '|m|', '||'])
  expect(told(planStage('side-by-side', people('Ma'), NOBODY, []))).toBe('|am|')
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
