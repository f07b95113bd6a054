import { expect, test } from 'vitest'
import type { Link, LinkState, Links } from '../../../../src/ports/link.ts'
import { encodeFrame } from '../../../../src/protocol/frame.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { mediaIdOf } from '../../../../src/protocol/media.ts'
import type { MeetingMessage } from '../../../../src/protocol/meeting.ts'
import { Talk } from '../../../../src/tab/meeting/talk.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

const TABS = ['ann', 'ben', 'cleo', 'dan'] as unknown as readonly [TabId, TabId, TabId, TabId]
const [ANN, BEN, CLEO, DAN] = TABS
const KEY: MeetingMessage = { t: 'key', generation: 2, secret: new Uint8Array(32).fill(7) }

type Heard = { readonly by: TabId; readonly from: TabId; readonly message: MeetingMessage }

/** Tabs with links between all but those pairs, and those who left the room. What they say arrives at once. */
function meet(apart: (readonly [TabId, TabId])[], gone: readonly TabId[] = []) {
  const heard: Heard[] = []
  const carried: TabId[] = []
  const ears = new Map<string, (frame: ArrayBuffer) => void>()
  const stateOf = (a: TabId, b: TabId): LinkState =>
    apart.some((pair) => pair.includes(a) && pair.includes(b)) ? 'connecting' : 'connected'
  const linkOf = (self: TabId, peer: TabId): Link => {
    const link: Pick<Link, 'peer' | 'state'> & { media: Pick<Link['media'], 'send' | 'onMessage'>; cut: Link['cut'] } = {
      peer,
      get state() {
        return stateOf(self, peer)
      },
      media: {
        send(frame) {
          if (stateOf(self, peer) !== 'connected') return false
          carried.push(self)
          ears.get(`${peer} ${self}`)?.(new Uint8Array(frame).buffer)
          return true
        },
        onMessage(listener) {
          ears.set(`${self} ${peer}`, listener)
          return () => ears.delete(`${self} ${peer}`)
        },
      },
      cut(reason) {
        throw reason
      },
    }
    return link as Link
  }
  const talks = new Map(
    TABS.map((self) => {
      const all = TABS.filter((tab) => tab !== self).map((peer) => linkOf(self, peer))
      const links: Links = { all: () => all, get: (peer) => all.find((link) => link.peer === peer), subscribe: () => () => {} }
      const talk = new Talk({
        links,
        clock: new ManualClock(),
        hear: (from, message) => heard.push({ by: self, from, message }),
        tabOf: (id) => TABS.find((tab) => mediaIdOf(tab) === id && !gone.includes(tab)),
        bridges: (tab) => TABS.filter((one) => one !== tab && one !== self && stateOf(self, one) === 'connected'),
      })
      return [self, talk] as const
    }),
  )
  for (const talk of talks.values()) talk.follow()
  const talkOf = (tab: TabId) => talks.get(tab) as Talk
  return {
    heard,
    carried,
    talkOf,
    send: (from: TabId, to: TabId, frame: Uint8Array) => ears.get(`${to} ${from}`)?.(new Uint8Array(frame).buffer),
  }
}

test("[MEETING-8] a message for a tab without a link goes by those who have links to both, and is heard as its sender's", () => {
  const { heard, talkOf } = meet([[ANN, CLEO]])
  expect(talkOf(ANN).tell(CLEO, KEY)).toBe(true)
  expect(heard).toEqual([
    { by: CLEO, from: ANN, message: KEY },
    { by: CLEO, from: ANN, message: KEY },
  ])
})

test('[MEETING-8] a key is passed on by nobody who may not have it', () => {
  const { heard, carried, talkOf } = meet([[ANN, CLEO]])
  expect(talkOf(ANN).tell(CLEO, KEY, (bridge) => bridge === DAN)).toBe(true)
  expect(heard).toHaveLength(1)
  expect(carried).toEqual([ANN, DAN])
  expect(talkOf(ANN).tell(CLEO, KEY, () => false)).toBe(false)
})

test('[MEETING-8] nobody speaks for a tab to which there is a link, and nothing is passed on twice', () => {
  const { heard, send } = meet([[ANN, CLEO]])
  const passed = (from: TabId, message: MeetingMessage) => encodeFrame({ t: 'passed', from: mediaIdOf(from), frame: encodeFrame(message) })
  send(DAN, CLEO, passed(BEN, KEY))
  send(DAN, CLEO, passed(ANN, { t: 'pass', to: mediaIdOf(BEN), frame: encodeFrame(KEY) }))
  send(DAN, CLEO, encodeFrame({ t: 'passed', from: 77, frame: encodeFrame(KEY) }))
  send(DAN, CLEO, encodeFrame({ t: 'passed', from: mediaIdOf(ANN), frame: new Uint8Array([1, 2, 3]) }))
  expect(heard).toEqual([])
  send(DAN, CLEO, passed(ANN, KEY))
  expect(heard).toEqual([{ by: CLEO, from: ANN, message: KEY }])
})

test('[MEETING-8] a key that was passed on is said again when the link is there: the other side may have had it already', () => {
  const apart: (readonly [TabId, TabId])[] = [[ANN, CLEO]]
  const { heard, talkOf } = meet(apart)
  talkOf(ANN).tell(CLEO, KEY)
  heard.splice(0)
  talkOf(ANN).follow()
  expect(heard).toEqual([])
  apart.pop()
  talkOf(ANN).follow()
  talkOf(ANN).follow()
  expect(heard).toEqual([{ by: CLEO, from: ANN, message: KEY }])
})

test('[MEETING-8] what was to be said again is forgotten with whoever leaves the room', () => {
  const apart: (readonly [TabId, TabId])[] = [[ANN, CLEO]]
  const gone: TabId[] = []
  const { heard, talkOf } = meet(apart, gone)
  talkOf(ANN).tell(CLEO, KEY)
  heard.splice(0)
  gone.push(CLEO)
  talkOf(ANN).follow()
  gone.pop()
  apart.pop()
  talkOf(ANN).follow()
  expect(heard).toEqual([])
})
