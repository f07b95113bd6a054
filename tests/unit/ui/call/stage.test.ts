import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CallModel } from '../../../../src/ui/call/call.svelte.ts'
import { StageModel } from '../../../../src/ui/call/stage.svelte.ts'
import { fakeRoom } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import { crowd, inCall, ME } from '../../../../src/ui/gallery/fixtures/people.ts'

const page = { visibilityState: 'visible' }

beforeEach(() => {
  page.visibilityState = 'visible'
  vi.stubGlobal('document', page)
  vi.stubGlobal('devicePixelRatio', 2)
})
afterEach(() => vi.unstubAllGlobals())

/** `people` in the call with me, on a stage that holds 4 by 5; nobody sends a picture. */
function stageOf(people: number, speaking: readonly string[] = []): StageModel {
  const members = [inCall(ME), ...crowd(people).map((guest) => inCall(guest, { speaking: speaking.includes(guest.name) }))]
  const stage = new StageModel(new CallModel(fakeRoom({ members, call: { state: 'in' } })))
  stage.width = 864
  stage.height = 594
  return stage
}

test('[UI-42] everybody who fits is on the stage, and there is no way to others', () => {
  const stage = stageOf(19)
  expect([stage.people.length, stage.pages, stage.left, stage.morePlace]).toEqual([20, 1, 0, undefined])
})

test('[UI-42] of thirty the last place leads to the rest, page by page and round again; everybody is on one of them', () => {
  const stage = stageOf(29)
  const seen = new Set<string>()
  const pages: unknown[] = []
  for (let i = 0; i < 3; i++) {
    for (const { participant } of stage.people) seen.add(participant.member.name)
    pages.push([stage.page, stage.people.length, stage.left, stage.elsewhere.length])
    stage.turnPage(1)
  }
  expect(pages).toEqual([
    [0, 19, 11, 11],
    [1, 11, 0, 19],
    [0, 19, 11, 11],
  ])
  expect(seen.size).toBe(30)
  for (const page of [0, 1]) {
    stage.turnPage(-1)
    expect(stage.page).toBe(page)
  }
})

test('[UI-42] a page keeps its places when fewer stand on it, and a page that is gone is not looked at', () => {
  const stage = stageOf(29)
  const [first] = stage.people
  stage.turnPage(1)
  expect(stage.people[0]?.place).toEqual(first?.place)
  stage.width = 1800
  stage.height = 1000
  expect([stage.page, stage.pages, stage.people.length]).toEqual([0, 1, 30])
})

test('[UI-43] who speaks stands on the first page, beside me', () => {
  const stage = stageOf(29, ['Guest 27'])
  const names = stage.people.map(({ participant }) => participant.member.name)
  expect([names[0], names.includes('Guest 27'), names.length]).toEqual([ME.name, true, 19])
})

test('[UI-44] asked for is what stands on this page, not my own, at its height; a tab out of sight asks for nothing', () => {
  const stage = stageOf(29)
  expect(stage.visible).toHaveLength(18)
  expect(stage.visible[0]).toEqual({
    tab: 'tab of Guest 1',
    view: 'camera',
    heightPx: Math.round((stage.people[1]?.place.height ?? 0) * 2),
  })
  stage.turnPage(1)
  expect(stage.visible.map(({ tab }) => tab)).toContain('tab of Guest 29')
  expect(stage.visible.map(({ tab }) => tab)).not.toContain('tab of Guest 1')
})

test('[UI-44] a tab that nobody looks at asks for no picture', () => {
  page.visibilityState = 'hidden'
  expect(stageOf(5).visible).toEqual([])
})
