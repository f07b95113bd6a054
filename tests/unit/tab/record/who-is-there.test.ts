import { expect, test } from 'vitest'
import type { RemoteMedia, SessionParticipant } from '../../../../src/ports/asterism.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { whoIsThere } from '../../../../src/tab/record/who-is-there.ts'

const [ANN, BEN] = ['tab of Ann', 'tab of Ben'] as [TabId, TabId]
const track = (name: string) => ({ id: name }) as MediaStreamTrack
const SAID = { microphone: true, camera: true, screen: true, speaking: true }
const participant = (tab: TabId, change: Partial<SessionParticipant> = {}): SessionParticipant => ({
  device: `device of ${tab}` as DeviceId,
  tabs: [tab],
  name: tab.slice('tab of '.length),
  role: 'member',
  isMe: tab === ANN,
  place: 'in',
  hushed: { microphone: false, camera: false, screen: false },
  handAtMs: undefined,
  reaction: undefined,
  capture: { recording: false, streaming: false },
  confides: { voice: false, screen: false },
  companion: undefined,
  isSecond: false,
  subRoom: undefined,
  ...change,
})
const tracksOf = (name: string) => ({
  microphone: track(`voice of ${name}`),
  camera: track(`face of ${name}`),
  screen: track(`screen of ${name}`),
  screenAudio: track(`sound of ${name}`),
})
const remote: RemoteMedia = { tab: BEN, seal: 'sealed', through: undefined, ...tracksOf('Ben') }

type Case = { ann?: Partial<SessionParticipant>; ben?: Partial<SessionParticipant>; said?: Partial<typeof SAID>; subRoom?: string }

function there({ ann = {}, ben = {}, said = {}, subRoom }: Case = {}) {
  const own = tracksOf('Ann')
  const self = { microphoneTrack: own.microphone, cameraTrack: own.camera, screenTrack: own.screen, screenAudioTrack: own.screenAudio }
  const state = { participants: [participant(ANN, ann), participant(BEN, ben)], subRoom }
  const call = { self, remote: [remote], session: { state } }
  const records = [ANN, BEN].map((tab) => [tab, { call: tab === BEN ? { ...SAID, ...said } : SAID }] as const)
  const presence = { self: { tab: ANN }, all: () => new Map(records) }
  return whoIsThere({ call, presence } as unknown as Parameters<typeof whoIsThere>[0])
}

/** What is taken of each: tracks by name, whether they count as speaking, and whether they are to be seen. */
function taken(of: Case = {}) {
  return there(of).map(({ name, camera, screen, sounds, isSpeaking, isHidden }) => {
    const tracks = [camera, screen, ...sounds].flatMap((one) => (one === undefined ? [] : [one.id.split(' ')[0]]))
    return [name, tracks.join(' '), isSpeaking ? 'speaks' : '', isHidden ? 'hidden' : ''].filter(Boolean).join(', ')
  })
}

const ANN_WHOLE = 'Ann, face screen voice sound, speaks'

test('[RECORD-9] of everybody what they give, the own sounds too', () => {
  expect(taken()).toEqual([ANN_WHOLE, 'Ben, face screen voice sound, speaks'])
  expect(taken({ said: { microphone: false, screen: false, camera: false } })[1]).toBe('Ben')
})

test('[RECORD-9] what is hushed, whispered, or shown to some only is not taken', () => {
  expect(taken({ ben: { hushed: { microphone: true, camera: false, screen: true } } })[1]).toBe('Ben, face')
  expect(taken({ ben: { confides: { voice: true, screen: false } } })[1]).toBe('Ben, face screen sound')
  expect(taken({ ben: { confides: { voice: false, screen: true } } })[1]).toBe('Ben, face voice, speaks')
  expect(taken({ ann: { confides: { voice: true, screen: true } } })[0]).toBe('Ann, face')
})

test('[RECORD-3] who is hushed, waits, or is elsewhere is not drawn', () => {
  expect(taken({ ben: { hushed: { microphone: false, camera: true, screen: false } } })[1]).toBe('Ben, screen voice sound, speaks, hidden')
  expect(taken({ ben: { place: 'waiting' } })).toEqual([ANN_WHOLE])
  expect(taken({ ben: { subRoom: 'a' } })).toEqual([ANN_WHOLE])
  expect(taken({ ann: { subRoom: 'a' }, subRoom: 'a' })).toEqual([ANN_WHOLE])
})

test('[RECORD-25] a second device is taken while it gives something, by the name of its person, who is who speaks on it', () => {
  const ben = { isSecond: true, companion: 'device of tab of Ann' as DeviceId }
  const given = (said: Partial<typeof SAID>, change = {}) => taken({ ben: { ...ben, ...change }, said })[1]
  expect(taken({ ben })[1]).toBe('Ann (second device), face screen voice sound, speaks')
  expect(there({ ben }).map(({ person }) => person)).toEqual([ben.companion, ben.companion])
  const [silent, mute] = [
    { microphone: false, camera: false, screen: false },
    { microphone: false, screen: false },
  ]
  expect(given(silent)).toBeUndefined()
  expect([given({ ...silent, camera: true }), given({ ...silent, screen: true }), given({ ...silent, microphone: true })]).toEqual([
    'Ann (second device), face',
    'Ann (second device), screen sound',
    'Ann (second device), voice, speaks',
  ])
  // What may not leave is not given.
  expect(given(mute, { hushed: { microphone: false, camera: true, screen: false } })).toBeUndefined()
  expect(given({ ...silent, microphone: true }, { confides: { voice: true, screen: false } })).toBeUndefined()
})
