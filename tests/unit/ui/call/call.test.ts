import { expect, test } from 'vitest'
import type { Call, Room } from '../../../../src/ports/asterism.ts'
import { CallModel } from '../../../../src/ui/call/call.svelte.ts'
import { fakeRoom, type RoomFacts } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import { ANN, BEN, inCall, ME } from '../../../../src/ui/gallery/fixtures/people.ts'

/** A call that writes down what was asked of it. */
function heard(facts: RoomFacts = {}) {
  const asked: unknown[] = []
  const room = fakeRoom(facts)
  const call = new Proxy(room.call, {
    get(target, key: keyof Call) {
      const value = Reflect.get(target, key)
      if (typeof value !== 'function' || key === 'subscribe') return value
      return (...args: unknown[]) => {
        asked.push([key, ...args])
        return Reflect.apply(value, target, args)
      }
    },
  })
  return { model: new CallModel({ ...room, members: room.members, me: room.me, notices: [], call }), asked }
}

test('[UI-15] at the door a press changes the preview and nothing else', async () => {
  const { model, asked } = heard()
  await model.previewMicrophone()
  await model.previewCamera()
  await model.previewMicrophone()
  expect(asked).toEqual([
    ['preview', { microphone: true, camera: false }],
    ['preview', { microphone: true, camera: true }],
    ['preview', { microphone: false, camera: true }],
  ])
})

test('[UI-15] inside, a press outside the call joins with that one thing, a press in the call switches it', async () => {
  const { model, asked } = heard()
  await model.toggleMicrophone()
  await model.toggleMicrophone()
  await model.toggleCamera()
  expect(asked).toEqual([
    ['join', { microphone: true, camera: false }],
    ['setMicrophone', false],
    ['setCamera', true],
  ])
})

test('[UI-15] sharing a screen from outside the call turns on no camera and no microphone', async () => {
  const { model, asked } = heard()
  await model.toggleScreen()
  expect(asked).toEqual([
    ['join', { microphone: false, camera: false }],
    ['setScreen', true],
  ])
})

test('[UI-15] on stage stand I and those in the call', () => {
  const { model } = heard({ members: [ME, inCall(ANN), BEN], call: { state: 'in' } })
  expect(model.participants.map(({ member }) => member.name)).toEqual([ME.name, ANN.name])
  expect(model.talking.map(({ name }) => name)).toEqual([ANN.name])
})

test('[UI-15] a device that refuses is told in its own words', () => {
  const { model } = heard({ self: { camera: { kind: 'failed', code: 'device-busy', text: 'Another program is using it.' } } })
  expect([model.trouble, model.cameraOn]).toEqual(['Another program is using it.', false])
})

test('[UI-65] who knocks knows whether anybody is here who could let them in', () => {
  const me = { ...ME, role: 'member' } as const
  const hosted = (...others: readonly (typeof ANN)[]) => heard({ members: [me, ...others], call: { state: 'in' } }).model.isHosted
  expect([hosted(), hosted(ANN, BEN), hosted({ ...ANN, role: 'guest' })]).toEqual([false, false, false])
  expect([hosted(ANN, { ...BEN, role: 'moderator' }), hosted({ ...ANN, role: 'owner' })]).toEqual([true, true])
})

test('[CALL-28] sound goes to the chosen speaker while it is there, otherwise to the one of the system', () => {
  const headset = { kind: 'speaker', id: 'headset', label: 'Headset' } as const
  const hears = (devices: Call['devices']) => {
    const { call, ...room } = fakeRoom({ call: { state: 'in', devices } })
    const chosen = { ...call.self.chosen, speaker: 'headset' }
    return new CallModel({ ...room, members: room.members, call: { ...call, devices, self: { ...call.self, chosen } } } as Room).speaker
  }
  expect(hears([headset])).toBe('headset')
  expect(hears([{ ...headset, kind: 'microphone' }])).toBe('')
})
