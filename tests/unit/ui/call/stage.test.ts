import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { CallModel } from '../../../../src/ui/call/call.svelte.ts'
import { StageModel } from '../../../../src/ui/call/stage.svelte.ts'
import { StageChoice } from '../../../../src/ui/call/stage-choice.svelte.ts'
import { fakeRoom } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import type { SessionFacts } from '../../../../src/ui/gallery/fixtures/fake-session.ts'
import { crowd, inCall, ME } from '../../../../src/ui/gallery/fixtures/people.ts'
import { MeetingModel } from '../../../../src/ui/meeting/meeting.svelte.ts'

const page = { visibilityState: 'visible' }

beforeEach(() => {
  page.visibilityState = 'visible'
  vi.stubGlobal('document', page)
  vi.stubGlobal('devicePixelRatio', 2)
})
afterEach(() => vi.unstubAllGlobals())

/** `people` in the call with me, on a stage that holds 4 by 5; nobody sends a picture. */
function stageOf(people: number, speaking: readonly string[] = [], session: SessionFacts = {}, choice = new StageChoice()): StageModel {
  const members = [inCall(ME), ...crowd(people).map((guest) => inCall(guest, { speaking: speaking.includes(guest.name) }))]
  const room = fakeRoom({ members, call: { state: 'in' }, session })
  const stage = new StageModel(new CallModel(room), new MeetingModel(room.call.session), choice)
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

const namesOf = (stage: StageModel) => stage.people.map(({ participant }) => participant.member.name)
const largeOf = (stage: StageModel) => stage.people.filter(({ isLarge }) => isLarge).map(({ participant }) => participant.member.name)

test('[UI-50] whom I pinned stands large, and so does whom a moderator shows to everybody, unless I chose otherwise', () => {
  const choice = new StageChoice()
  const spotlight = [inCall(crowd(1)[0] ?? ME).device]
  const stage = stageOf(4, [], { spotlight }, choice)
  expect(largeOf(stage)).toEqual(['Guest 1'])
  const pinned = stage.people.find(({ participant }) => participant.member.name === 'Guest 3')?.participant.member.tab
  if (pinned !== undefined) choice.togglePin(pinned)
  expect([largeOf(stage), namesOf(stage).length]).toEqual([['Guest 3'], 5])
  if (pinned !== undefined) choice.togglePin(pinned)
  expect(largeOf(stage)).toEqual(['Guest 1'])
})

test('[UI-77] I may choose four to be large; one more takes the place of the one I chose first', () => {
  const choice = new StageChoice()
  const stage = stageOf(6, [], {}, choice)
  const choose = (...nths: readonly number[]) => {
    for (const nth of nths) choice.togglePin(`tab of Guest ${nth}` as TabId)
    return largeOf(stage)
      .map((name) => name.slice(-1))
      .join('')
  }
  expect([choose(5, 2), choose(6, 1), choose(4), choose(6)]).toEqual(['52', '5261', '2614', '214'])
  expect(namesOf(stage)).toHaveLength(7)
})

test('[UI-78] whom I leave out is on no tile and asked for by nobody, until I show them again', () => {
  const choice = new StageChoice()
  const stage = stageOf(3, ['Guest 2'], { spotlight: ['device of Guest 2' as DeviceId] }, choice)
  const [one] = crowd(2).slice(1)
  if (one === undefined) throw new Error('nobody')
  choice.toggleLeftOut(one)
  expect([namesOf(stage), largeOf(stage)]).toEqual([[ME.name, 'Guest 1', 'Guest 3'], []])
  expect(stage.visible.map(({ tab }) => tab)).toEqual(['tab of Guest 1', 'tab of Guest 3'])
  choice.toggleLeftOut(one)
  expect(largeOf(stage)).toEqual(['Guest 2'])
})

test('[UI-78] left out are both devices of a person, in the side room and beside it; a screen they share is shown', () => {
  const choice = new StageChoice()
  const [out] = crowd(1)
  if (out === undefined) throw new Error('nobody')
  choice.toggleLeftOut(out)
  const people = { 'Guest 2': { companion: out.device, isSecond: true } }
  expect(namesOf(stageOf(3, [], { people }, choice))).toEqual([ME.name, 'Guest 3'])
  const aside = stageOf(3, [], { subRoom: 'a', people: { [ME.name]: { subRoom: 'a' }, 'Guest 3': { subRoom: 'a' } } }, choice)
  expect(aside.far.map(({ member }) => member.name)).toEqual(['Guest 2'])

  const screen = {} as MediaStreamTrack
  const members = [inCall(ME), ...crowd(2).map((guest, nth) => inCall(guest, { screen: nth === 0 }))]
  const nothing = { microphone: undefined, camera: undefined, screenAudio: undefined }
  const remote = [{ tab: out.tab, seal: 'sealed' as const, through: undefined, screen, ...nothing }]
  const room = fakeRoom({ members, call: { state: 'in', remote } })
  const stage = Object.assign(new StageModel(new CallModel(room), new MeetingModel(room.call.session), choice), { width: 864, height: 594 })
  expect([namesOf(stage), stage.screens.map(({ participant }) => participant.member.name)]).toEqual([[ME.name, 'Guest 2'], ['Guest 1']])
  expect(stage.visible.map(({ tab, view }) => [tab, view])).toEqual([
    [out.tab, 'screen'],
    ['tab of Guest 2', 'camera'],
  ])
})

test('[UI-51] a layout set for everybody shows who speaks large; looking my own way brings back what I had', () => {
  const choice = new StageChoice()
  const stage = stageOf(4, ['Guest 2'], { layout: 'speaker' }, choice)
  expect([stage.layout, largeOf(stage)]).toEqual(['speaker', ['Guest 2']])
  choice.decline({ layout: 'speaker', layoutTurn: 1 })
  expect([stage.layout, largeOf(stage)]).toEqual(['grid', []])
})

test('[UI-53] hidden from myself I am on no tile while others are there', () => {
  const choice = new StageChoice()
  choice.hidesMe = true
  expect(namesOf(stageOf(2, [], {}, choice))).toEqual(['Guest 1', 'Guest 2'])
  expect(namesOf(stageOf(0, [], {}, choice))).toEqual([ME.name])
})

test('[UI-56] who waits or was taken out is not on the stage', () => {
  const people = { 'Guest 1': { place: 'waiting' }, 'Guest 2': { place: 'removed' } } as const
  expect(namesOf(stageOf(3, [], { people }))).toEqual([ME.name, 'Guest 3'])
})

test('[UI-57] in a side room its people are on the stage, those of the main room in small, those of other rooms nowhere', () => {
  const people = { [ME.name]: { subRoom: 'a' }, 'Guest 1': { subRoom: 'a' }, 'Guest 2': { subRoom: 'b' } }
  const stage = stageOf(4, [], { subRoom: 'a', people })
  expect([namesOf(stage), stage.far.map(({ member }) => member.name)]).toEqual([
    [ME.name, 'Guest 1'],
    ['Guest 3', 'Guest 4'],
  ])
  expect(stage.visible.map(({ tab }) => tab)).toEqual(['tab of Guest 1', 'tab of Guest 3', 'tab of Guest 4'])
})

test('[UI-57] in the main room nobody of a side room is on the stage', () => {
  const stage = stageOf(3, [], { people: { 'Guest 2': { subRoom: 'b' } } })
  expect([namesOf(stage), stage.far]).toEqual([[ME.name, 'Guest 1', 'Guest 3'], []])
})

test('[UI-67] a screen that is shared and has not come yet is asked for', () => {
  const members = [inCall(ME), ...crowd(2).map((guest, nth) => inCall(guest, { screen: nth === 0 }))]
  const room = fakeRoom({ members, call: { state: 'in' } })
  const stage = new StageModel(new CallModel(room), new MeetingModel(room.call.session), new StageChoice())
  stage.width = 864
  stage.height = 594
  expect(stage.screens).toEqual([])
  expect(stage.visible.filter(({ view }) => view === 'screen')).toEqual([{ tab: members[1]?.tab, view: 'screen', heightPx: 1_188 }])
})
