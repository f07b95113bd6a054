/** Who stands in the small window, and what it asks for. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Member, RemoteMedia } from '../../../../src/ports/asterism.ts'
import { CallModel } from '../../../../src/ui/call/call.svelte.ts'
import { FloatModel } from '../../../../src/ui/call/float.svelte.ts'
import { StageModel } from '../../../../src/ui/call/stage.svelte.ts'
import { StageChoice } from '../../../../src/ui/call/stage-choice.svelte.ts'
import { fakeRoom } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import type { SessionFacts } from '../../../../src/ui/gallery/fixtures/fake-session.ts'
import { ANN, BEN, CEM, inCall, ME } from '../../../../src/ui/gallery/fixtures/people.ts'
import { MeetingModel } from '../../../../src/ui/meeting/meeting.svelte.ts'

const TRACK = {} as MediaStreamTrack

beforeEach(() => {
  vi.stubGlobal('document', { visibilityState: 'visible' })
  vi.stubGlobal('devicePixelRatio', 1)
})
afterEach(() => vi.unstubAllGlobals())

/** Ann, Ben and Cem with me, all with cameras; `speaking` speaks, and those `screens` came of whom it is said here. */
function floats(session: SessionFacts = {}, speaking = CEM, screens: Readonly<Record<string, 'said' | 'here'>> = {}) {
  const others = [ANN, BEN, CEM].map((one) =>
    inCall(one, { camera: true, speaking: one.name === speaking.name, screen: one.name in screens }),
  )
  const remote = others.map(({ tab, name }): RemoteMedia => {
    const screen = screens[name] === 'here' ? TRACK : undefined
    return { tab, seal: 'sealed', through: undefined, microphone: undefined, camera: TRACK, screen, screenAudio: undefined }
  })
  const room = fakeRoom({ members: [inCall(ME), ...others], call: { state: 'in', remote }, session })
  const [call, meeting, choice] = [new CallModel(room), new MeetingModel(room.call.session), new StageChoice()]
  const float = Object.assign(new FloatModel(call, meeting, choice), { height: 260 })
  const stage = Object.assign(new StageModel(call, meeting, choice), { width: 864, height: 594 })
  return { float, stage, choice, stands: () => float.shown?.member.name }
}
const asks = ({ float }: ReturnType<typeof floats>) => float.visible.map(({ tab, view }) => [tab, view])

test('[UI-75] in the small window stands whom I chose, else whom a moderator shows, else who shares a screen, else who speaks', () => {
  expect(floats().stands()).toBe(CEM.name)
  const shared = floats({}, CEM, { [BEN.name]: 'here' })
  expect([shared.stands(), shared.float.screen]).toEqual([BEN.name, TRACK])
  const shown = floats({ spotlight: [ANN.device] }, CEM, { [BEN.name]: 'here' })
  expect([shown.stands(), shown.float.screen]).toEqual([ANN.name, undefined])
  shown.choice.togglePin(CEM.tab)
  expect(shown.stands()).toBe(CEM.name)
})

test('[UI-78] whom I leave out stands in the small window with a screen they share, and not with their face', () => {
  const silent = floats()
  silent.choice.toggleLeftOut(CEM)
  expect([silent.stands(), asks(silent)]).toEqual([ANN.name, [[ANN.tab, 'camera']]])
  const sharing = floats({}, CEM, { [CEM.name]: 'here' })
  sharing.choice.toggleLeftOut(CEM)
  expect([sharing.stands(), asks(sharing)]).toEqual([CEM.name, [[CEM.tab, 'screen']]])
})

test('[UI-75] nobody stands in the small window who is not on the stage', () => {
  const elsewhere = floats({ subRoom: 'a', people: { [ME.name]: { subRoom: 'a' }, [ANN.name]: { subRoom: 'a' } } })
  expect([elsewhere.stands(), asks(elsewhere)]).toEqual([ANN.name, [[ANN.tab, 'camera']]])
  expect(floats({ people: { [CEM.name]: { place: 'waiting' }, [ANN.name]: { place: 'removed' } } }).stands()).toBe(BEN.name)
  const second: Pick<Member, 'name'> = { name: CEM.name }
  const silent = { [second.name]: { companion: BEN.device, isSecond: true } }
  expect(floats({ people: silent }).stands()).toBe(`${BEN.name} (second device)`)
})

test('[UI-76] the small window asks for the one picture it shows, at its height, also when nobody looks at the page', () => {
  vi.stubGlobal('document', { visibilityState: 'hidden' })
  const { float, stage } = floats()
  float.pixelsPerPx = 2
  expect([stage.visible, float.visible]).toEqual([[], [{ tab: CEM.tab, view: 'camera', heightPx: 520 }]])
  float.height = 0
  expect(float.visible).toEqual([])
  expect(asks(floats({}, CEM, { [BEN.name]: 'here' }))).toEqual([[BEN.tab, 'screen']])
})

test('[UI-76] a screen that is said to be shared is asked for, and no second one beside it: what is not shown would come and go', () => {
  expect(asks(floats({}, CEM, { [BEN.name]: 'said' }))).toEqual([
    [CEM.tab, 'camera'],
    [BEN.tab, 'screen'],
  ])
  expect(asks(floats({}, CEM, { [ANN.name]: 'said', [BEN.name]: 'here' }))).toEqual([[BEN.tab, 'screen']])
  expect(asks(floats({ spotlight: [CEM.device] }, CEM, { [BEN.name]: 'said' }))).toEqual([[CEM.tab, 'camera']])
})
