import { expect, test } from 'vitest'
import type { CallStats, StreamStats } from '../../../../src/ports/asterism.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { ANN, BEN, CEM, inCall, ME } from '../../../../src/ui/gallery/fixtures/people.ts'
import { decisionSentences, reasonSentence, travelRows, travelSentences, treeSentences } from '../../../../src/ui/travel/travel-rows.ts'

const QUIET: CallStats = { conductor: undefined, uplinkKbps: 0, streams: [], hops: [], reasons: [] }
const MEMBERS = [ME, inCall(ANN), inCall(BEN), inCall(CEM)]

function stream(tab: TabId, from: TabId, change: Partial<StreamStats> = {}): StreamStats {
  return { tab, from, layer: 'main', carrier: 'channel', fps: 24.6, kbps: 500, delayMs: 40.4, passedTo: 0, ...change }
}

const hop = (tab: TabId, lostPerMille: number, sentKbps = 100) => ({
  tab,
  carrier: 'channel' as const,
  sentKbps,
  receivedKbps: 0,
  lostPerMille,
  queueMs: 0,
})

test('[UI-47] each picture has a row in plain words: what, how fast, by which way, how late, what was lost on it', () => {
  const stats = {
    ...QUIET,
    streams: [
      stream(ANN.tab, ANN.tab),
      stream(ANN.tab, ANN.tab, { layer: 'screen', fps: 5, carrier: 'pipe' }),
      stream(ANN.tab, ANN.tab, { layer: 'audio' }),
      stream(BEN.tab, ANN.tab, { layer: 'thumb', fps: 7.5, delayMs: 213 }),
    ],
    hops: [hop(ANN.tab, 14)],
  }
  const rows = travelRows(stats, MEMBERS).map(({ key: _, ...row }) => Object.values(row))
  expect(rows).toEqual([
    ['Ann Fischer', 'large picture', '25 a second', 'straight', 'data channel', '40 ms', '1.4 %'],
    ['Ann Fischer', 'screen', '5 a second', 'straight', 'media line', '40 ms', '1.4 %'],
    ['Ben Okafor', 'small picture', '8 a second', 'through Ann Fischer', 'data channel', '210 ms', '1.4 %'],
    ['Cem', 'nothing yet', '', '–', '', '–', '–'],
  ])
})

test('[UI-47] a voice has a row where nothing else comes; who carried it may have left; clocks that differ tell no delay', () => {
  const gone = 'gone' as TabId
  const [row] = travelRows({ ...QUIET, streams: [stream(CEM.tab, gone, { layer: 'audio', delayMs: -30 })] }, [ME, inCall(CEM), BEN])
  expect(row).toMatchObject({ what: 'voice', pace: '', way: 'through somebody who left', delay: '–', lost: '–' })
})

test('[UI-74] a device that takes fewer pictures because it has a lot to do says so', () => {
  const told = (halvings: 0 | 1 | 2) => travelSentences({ ...QUIET, strain: { lateMs: 400, halvings } }, MEMBERS).slice(2)
  expect([told(0), told(1), told(2)]).toEqual([
    [],
    ['This device has a lot to do, so pictures of others move half as often here.'],
    ['This device has a lot to do, so pictures of others move a quarter as often here.'],
  ])
})

test('[UI-82] who passes a stream on to whom stands in words', () => {
  const ways = [
    { to: BEN.tab, from: ANN.tab },
    { to: ME.tab, from: ANN.tab },
    { to: CEM.tab, from: ME.tab },
  ]
  expect(treeSentences({ tab: CEM.tab, layer: 'main', text: '', ways }, MEMBERS)).toEqual([
    `${ANN.name} passes it on to ${BEN.name} and you.`,
    `You pass it on to ${CEM.name}.`,
  ])
  expect(treeSentences({ tab: CEM.tab, layer: 'main', text: '' }, MEMBERS)).toEqual([])
})

test('[UI-80] a connection too slow for full pictures is said', () => {
  const told = (smallPictures: number) => travelSentences({ ...QUIET, downlink: { kbps: 900, smallPictures } }, MEMBERS).slice(2)
  expect([told(0), told(1), told(2)]).toEqual([
    [],
    ['One picture is small here: your connection brings about 900 kbit/s.'],
    ['2 pictures are small here: your connection brings about 900 kbit/s.'],
  ])
})

test('[UI-47] what this tab does is told in sentences', () => {
  expect(travelSentences(QUIET, MEMBERS)).toEqual(['Everybody sends straight to everybody.', 'This tab sends nothing right now.'])
  const stats = {
    ...QUIET,
    conductor: ANN.tab,
    uplinkKbps: 8_230,
    streams: [stream(ANN.tab, ANN.tab, { passedTo: 3 }), stream(BEN.tab, CEM.tab)],
    hops: [hop(ANN.tab, 0, 940), hop(CEM.tab, 0, 300)],
  }
  expect(travelSentences(stats, MEMBERS)).toEqual([
    'Ann Fischer’s tab plans who passes on what.',
    'This tab sends 1.2 Mbit/s; its connection takes about 8.2 Mbit/s.',
    'It passes Ann Fischer’s large picture on to 3 others, sealed as it came.',
  ])
  expect(travelSentences({ ...QUIET, conductor: ME.tab }, MEMBERS)[0]).toBe(
    'This tab plans who passes on what; right now everything comes straight.',
  )
})

test('[UI-46] why a picture is passed on is said with the name of whose it is', () => {
  const reasons = [
    { tab: ANN.tab, layer: 'thumb' as const, text: `5 people want it; ${CEM.tab} and ${ME.tab} pass it on` },
    { tab: ME.tab, layer: 'audio' as const, text: 'too many listen' },
  ]
  expect(reasons.map((reason) => reasonSentence(reason, MEMBERS))).toEqual([
    'Ann Fischer’s small picture: 5 people want it; Cem and this tab pass it on.',
    'Your voice: too many listen.',
  ])
})

test('[BALANCE-34] what this device decided is said with names, the newest first, each once', () => {
  const [first] = MEMBERS
  const decision = (why: string) => ({ atMs: 1, about: 'way' as const, why })
  const decisions = [
    ...Array.from({ length: 9 }, (_, n) => decision(`number ${n}`)),
    decision(`${first?.tab}’s picture: #77 is asked`),
    decision('number 8'),
  ]
  const told = decisionSentences({ ...QUIET, decisions }, MEMBERS)
  expect(told.slice(0, 2)).toEqual([
    'Number 8.',
    `${first?.isMe === true ? 'This tab' : first?.name}’s picture: somebody who left is asked.`,
  ])
  expect(told.length).toBe(5)
  expect(decisionSentences(QUIET, MEMBERS)).toEqual([])
})
