import { expect, test } from 'vitest'
import { CallRecorder } from '../../../../src/tab/record/open-recorder.ts'
import type { ToolParts } from '../../../../src/tab/tools/parts.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

function recorderOf({ mayModerate = true, state = 'in', place = 'in' }) {
  const told: unknown[] = []
  const session = {
    state: { mayModerate, participants: [{ isMe: true, place, capture: { recording: false, streaming: true } }] },
    subscribe: () => () => {},
    tellCapture: async (capture: unknown) => void told.push(capture),
  }
  const call = { state, session, subscribe: () => () => {} }
  const parts = { call, session, clock: new ManualClock(), signal: new AbortController().signal }
  return { told, recorder: new CallRecorder(parts as unknown as ToolParts) }
}

test('[RECORD-10] who may not record is told so before anybody else is told anything', async () => {
  for (const given of [{ mayModerate: false }, { state: 'out' }, { place: 'removed' }]) {
    const { recorder, told } = recorderOf(given)
    await expect(recorder.start()).rejects.toMatchObject({ code: 'role-refused' })
    expect([recorder.state, told]).toEqual([{ kind: 'off', folder: undefined }, []])
  }
})

test('[RECORD-10] and so is whose engine gives no frames of tracks', async () => {
  const { recorder, told } = recorderOf({})
  await expect(recorder.start()).rejects.toMatchObject({ code: 'browser-lacking' })
  expect([recorder.state, told]).toEqual([{ kind: 'off', folder: undefined }, []])
})
