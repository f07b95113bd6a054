import { expect, test } from 'vitest'
import { openOutgoing } from '../../../../src/tab/doors/what-goes-out.ts'
import type { ToolParts } from '../../../../src/tab/tools/parts.ts'

const OPEN = { microphone: false, camera: false, screen: false }
const [picture, sound] = [{ kind: 'video' }, { kind: 'audio' }]

function callWhereBenShares() {
  const asked: unknown[] = []
  const ben = { tabs: ['b1'], place: 'in', subRoom: undefined, hushed: OPEN, confides: { voice: false, screen: false } }
  const call = {
    self: {},
    remote: [{ tab: 'b1', screen: picture, screenAudio: sound }],
    subscribe: () => () => {},
    setVisible: (wanted: unknown, asksAs: string) => asked.push([wanted, asksAs]),
  }
  const presence = { self: { tab: 'a1' }, all: () => new Map([['b1', { call: { screen: true } }]]) }
  const parts = { call, presence, session: { state: { participants: [ben], subRoom: undefined } } }
  return { parts: parts as unknown as ToolParts, asked }
}

test('[DOORS-27] what is shared goes out as it came, and nothing is composed for it', async () => {
  const { parts, asked } = callWhereBenShares()
  const outgoing = await openOutgoing('share', parts, () => {})
  const { video, audio } = outgoing.tracks()
  expect([video === (picture as unknown), audio === (sound as unknown)]).toEqual([true, true])
  outgoing.close()
  expect(asked).toEqual([
    [[{ tab: 'b1', view: 'screen', heightPx: 720 }], 'door-share'],
    [[], 'door-share'],
  ])
})

test('[DOORS-27] all of the call is composed, which an engine without frames of tracks cannot', async () => {
  const { parts } = callWhereBenShares()
  await expect(openOutgoing('all', parts, () => {})).rejects.toMatchObject({ code: 'browser-lacking' })
})
