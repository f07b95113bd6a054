/** A show on the stage: where it stands, what becomes of people and screens, and what is asked for. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { planAround } from '../../../../src/core/call/plan-stage.ts'
import type { Show } from '../../../../src/ports/asterism.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { CallModel } from '../../../../src/ui/call/call.svelte.ts'
import { soundsOf } from '../../../../src/ui/call/sounds.ts'
import { StageModel } from '../../../../src/ui/call/stage.svelte.ts'
import { StageChoice } from '../../../../src/ui/call/stage-choice.svelte.ts'
import { visibleTiles } from '../../../../src/ui/call/visible-tiles.ts'
import { fakeRoom } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import { ANN, crowd, inCall, ME } from '../../../../src/ui/gallery/fixtures/people.ts'
import { MeetingModel } from '../../../../src/ui/meeting/meeting.svelte.ts'

const SIZE = { width: 1200, height: 700 }
const TRACK = {} as MediaStreamTrack

beforeEach(() => {
  vi.stubGlobal('document', { visibilityState: 'visible' })
  vi.stubGlobal('devicePixelRatio', 1)
})
afterEach(() => vi.unstubAllGlobals())

function withShow(change: Partial<Show>, layout: 'grid' | 'speaker' = 'grid') {
  const members = [inCall(ME), inCall(ANN, { screen: true }), ...crowd(4).map((guest) => inCall(guest))]
  const media = { seal: 'sealed' as const, through: undefined, microphone: undefined, camera: TRACK, screenAudio: undefined }
  const remote = members.slice(1).map(({ tab, screen }) => ({ ...media, tab, screen: screen ? TRACK : undefined }))
  const show = { id: 'film', source: { kind: 'file' as const, file: 'f' }, begunAtMs: 0, isPlaying: true, isMuted: false }
  const watch = { ...show, positionMs: 0, atMs: 0, rate: 100, place: 'stage' as const, overlays: [], by: ANN.device, ...change }
  const room = fakeRoom({ members, call: { state: 'in', remote }, session: { watch } })
  const meeting = new MeetingModel(room.call.session)
  return { stage: Object.assign(new StageModel(new CallModel(room), meeting, new StageChoice({ layout })), SIZE), meeting }
}

test('[WATCH-12] on the stage a show stands alone and large, and everybody is small around it', () => {
  for (const layout of ['grid', 'speaker'] as const) {
    const { stage } = withShow({ place: 'stage' }, layout)
    expect(stage.showPlace?.width).toBeGreaterThan(SIZE.width * 0.7)
    expect(stage.people.every(({ isLarge }) => !isLarge)).toBe(true)
    expect(stage.people.length + stage.left).toBe(6)
    expect(stage.screens.map(({ isLarge }) => isLarge)).toEqual([false])
    const places = [stage.showPlace, ...stage.screens.map(({ place }) => place), ...stage.people.map(({ place }) => place)]
    for (const [i, a] of places.entries()) {
      for (const b of places.slice(i + 1)) {
        if (a === undefined || b === undefined) throw new Error('no place')
        const isApart = a.x + a.width <= b.x + 1 || b.x + b.width <= a.x + 1 || a.y + a.height <= b.y + 1 || b.y + b.height <= a.y + 1
        expect(isApart).toBe(true)
      }
    }
  }
})

test('[WATCH-12] beside, it is one of the small ones; in the corner nobody gives way', () => {
  const beside = withShow({ place: 'beside' }).stage
  expect(beside.screens[0]?.isLarge).toBe(true)
  expect(beside.showPlace).toBeDefined()
  expect(beside.people.map(({ place }) => place)).not.toContainEqual(beside.showPlace)
  const corner = withShow({ place: 'corner' }).stage
  expect((corner.showPlace?.x ?? 0) + (corner.showPlace?.width ?? 0)).toBe(SIZE.width)
  expect((corner.showPlace?.y ?? 0) + (corner.showPlace?.height ?? 0)).toBe(SIZE.height)
  expect(corner.people.length).toBe(6)
})

test('[WATCH-12] where a stage has no corner to spare, people stand around it: nothing lies on the way to the others', () => {
  for (const size of [
    { width: 340, height: 300 },
    { width: 700, height: 300 },
  ]) {
    const { stage } = withShow({ place: 'corner' })
    Object.assign(stage, size)
    expect(stage.left).toBeGreaterThan(0)
    const [show, more] = [stage.showPlace, stage.morePlace]
    if (show === undefined || more === undefined) throw new Error('no place')
    expect(show.x + show.width <= more.x + 1 || show.y + show.height <= more.y + 1).toBe(true)
  }
})

test('[WATCH-12] a screen that is shown stands there once, at its height', () => {
  const { stage } = withShow({ source: { kind: 'share' } })
  expect(stage.screens).toEqual([])
  expect(stage.showScreen?.member.tab).toBe(ANN.tab)
  expect(stage.visible).toContainEqual({ tab: ANN.tab, view: 'screen', heightPx: Math.round(stage.showPlace?.height ?? 0) })
  const plan = { largeScreens: ['a', 'b'], largePeople: ['c'], asideScreens: ['d'] } as unknown as Parameters<typeof planAround>[0]
  expect(planAround(plan, { place: 'corner', screen: 'a' as TabId })).toEqual({ ...plan, largeScreens: ['b'] })
})

test('[WATCH-12] who stands on a show is asked for as large as they are there', () => {
  const { stage } = withShow({ overlays: [{ kind: 'split', device: ANN.device }] })
  const asked = stage.visible.filter(({ tab, view }) => tab === ANN.tab && view === 'camera')
  expect(asked).toEqual([{ tab: ANN.tab, view: 'camera', heightPx: Math.round((stage.showPlace?.height ?? 0) * 0.5) }])
  const twice = [50, 90, 20].map((height) => ({ tab: ANN.tab, view: 'camera' as const, height }))
  expect(visibleTiles(twice, 1)).toEqual([{ tab: ANN.tab, view: 'camera', heightPx: 90 }])
})

test('[WATCH-17] the sound of a shared screen that is muted is muted for all, and voices go on', () => {
  const [voice, sound] = [{ id: 'voice' }, { id: 'sound' }] as MediaStreamTrack[]
  const remote = [{ tab: ANN.tab, microphone: voice, screenAudio: sound }] as unknown as Parameters<typeof soundsOf>[0]
  const heard = (change: Partial<Show>) => {
    const { meeting } = withShow({ source: { kind: 'share' }, ...change })
    return soundsOf(remote, meeting.mutedScreens).map(({ track }) => track.id)
  }
  expect(heard({ isMuted: true })).toEqual(['voice'])
  expect(heard({ isMuted: false })).toEqual(['voice', 'sound'])
  expect(heard({ isMuted: true, source: { kind: 'file', file: 'f' } })).toEqual(['voice', 'sound'])
  const { meeting } = withShow({ isMuted: true, source: { kind: 'share' } })
  expect(meeting.of('nobody' as DeviceId)).toBeUndefined()
})
