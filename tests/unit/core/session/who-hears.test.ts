import { expect, test } from 'vitest'
import { type Caller, whoHears } from '../../../../src/core/session/who-hears.ts'
import type { Saying, SignedAct } from '../../../../src/protocol/control.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { ANN, act, BEN, CLEO, fold, MAX, NOW, OLGA, ROLES } from './acts.ts'

const NAMES = new Map([
  [OLGA, 'olga'],
  [MAX, 'max'],
  [ANN, 'ann'],
  [BEN, 'ben'],
  [CLEO, 'cleo'],
])
const callers = [...NAMES].map(([device, name]): Caller => ({ device, tab: name as TabId, sinceMs: NOW }))

/** The passage of one, with all five in the call. */
function passageOf(device: DeviceId, acts: readonly SignedAct[], sinceMs = NOW) {
  const self = callers.find((one) => one.device === device) as Caller
  const others = callers.filter((one) => one !== self)
  return whoHears({ ...self, sinceMs }, others, fold(acts), ROLES)
}
const takes = (device: DeviceId, from: DeviceId, acts: readonly SignedAct[]) => [
  ...(passageOf(device, acts).takes.get(NAMES.get(from) as TabId) ?? ['absent']),
]

const rooms: Saying = { t: 'rooms', rooms: [{ id: 'a', name: 'A' }], peopleMove: false, places: [] }
const inA = (subject: DeviceId) => act(MAX, { t: 'place', to: 'a' }, { subject, sequence: 2 })
const apart = [act(MAX, rooms), inA(ANN), inA(BEN)]
const ALL = ['thumb', 'main', 'audio', 'screen', 'screen-audio']

test('[SESSION-13] in a sub-room everything of each other, of the main room small pictures, and the main room nothing of them', () => {
  expect(takes(ANN, BEN, apart)).toEqual(ALL)
  expect(takes(ANN, OLGA, apart)).toEqual(['thumb'])
  expect(takes(OLGA, ANN, apart)).toEqual([])
  expect(takes(OLGA, CLEO, apart)).toEqual(ALL)
  const { audience } = passageOf(ANN, apart)
  expect([audience.thumb.tabs, audience.main.tabs, audience.audio.tabs, audience.screen.tabs]).toEqual([['ben'], ['ben'], ['ben'], ['ben']])
  const main = passageOf(OLGA, apart).audience
  expect([main.thumb.tabs, main.main.tabs, main.audio.tabs]).toEqual([
    ['max', 'ann', 'ben', 'cleo'],
    ['max', 'cleo'],
    ['max', 'cleo'],
  ])
})

test('[SESSION-14] keys are told to those who may take what they seal, and to nobody else', () => {
  const acts = [
    ...apart,
    act(OLGA, { t: 'whisper', to: ANN }),
    act(CLEO, { t: 'share', devices: [OLGA] }),
    act(MAX, { t: 'entry', admitted: false }, { subject: CLEO }),
    act(OLGA, { t: 'hush-camera', on: true }, { subject: BEN }),
  ]
  for (const from of callers) {
    const { audience, isIn } = passageOf(from.device, acts)
    for (const to of callers) {
      if (from === to) continue
      const taken = passageOf(to.device, acts).takes.get(from.tab) ?? new Set()
      for (const kind of ['thumb', 'main', 'audio', 'screen'] as const) {
        const isHushed = from.device === BEN && (kind === 'thumb' || kind === 'main')
        if (!isHushed) expect(audience[kind].tabs.includes(to.tab)).toBe(taken.has(kind))
        if (!isIn) expect(audience[kind].tabs).toEqual([])
      }
    }
  }
})

test('[SESSION-15] a whisper is heard by one alone, over rooms, and ends with its call', () => {
  const whisper = [...apart, act(OLGA, { t: 'whisper', to: ANN })]
  expect(passageOf(OLGA, whisper).audience.audio.tabs).toEqual(['ann'])
  expect(takes(ANN, OLGA, whisper)).toEqual(['thumb', 'audio'])
  expect(takes(CLEO, OLGA, whisper)).not.toContain('audio')
  // Whoever comes back later does not whisper on.
  expect(passageOf(OLGA, whisper, NOW + 1).audience.audio.tabs).toEqual(['max', 'cleo'])
  const scopes = [passageOf(OLGA, apart), passageOf(OLGA, whisper)].map(({ audience }) => audience.audio.scope)
  expect(new Set(scopes).size).toBe(2)
})

test('[SESSION-16] a screen is for those it is shared with, and its sound too', () => {
  const shared = [act(ANN, { t: 'share', devices: [BEN] })]
  expect(passageOf(ANN, shared).audience.screen.tabs).toEqual(['ben'])
  expect(takes(BEN, ANN, shared)).toEqual(ALL)
  expect(takes(MAX, ANN, shared)).toEqual(['thumb', 'main', 'audio'])
})

test('[SESSION-17] what is hushed goes nowhere: nobody takes it, passes it on, or is sent it', () => {
  const hushed = [act(MAX, { t: 'hush-microphone', on: true }, { subject: BEN })]
  expect(takes(ANN, BEN, hushed)).toEqual(['thumb', 'main', 'screen', 'screen-audio'])
  expect(passageOf(ANN, hushed).silenced.get('ben' as TabId)).toEqual(['audio'])
  expect(passageOf(BEN, hushed).hushed).toEqual({ microphone: true, camera: false, screen: false })
})

test('[SESSION-18] who waits or was removed gets no key and nothing else, and is seen by nobody', () => {
  const waiting = [act(MAX, { t: 'door', lobby: true, locked: false, inside: [ANN, BEN] })]
  const { present, barred, silenced, audience } = passageOf(ANN, waiting)
  expect([present, barred]).toEqual([['olga', 'max', 'ben'], ['cleo']])
  expect(silenced.get('cleo' as TabId)).toEqual(ALL)
  expect(audience.thumb.tabs).toEqual(['olga', 'max', 'ben'])
  expect(passageOf(CLEO, waiting)).toMatchObject({ isIn: false, present: [], takes: new Map() })
})
