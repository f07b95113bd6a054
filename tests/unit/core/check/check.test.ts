import { expect, test } from 'vitest'
import { describeFindings } from '../../../../src/core/check/describe-findings.ts'
import { CHECK_GROUPS, type CheckLine, type Findings } from '../../../../src/core/check/findings.ts'
import { withoutAddresses, writeReport } from '../../../../src/core/check/write-report.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'

const TAB = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp' as TabId

const SELF = '12D3KooWAbQ5vrBnbFn5Xw9z2D1hC7tq3HY4Jd8kPmUoLiSg6TvR' as TabId

const WELL: Findings = {
  version: '1.2.3',
  self: SELF,
  engine: {
    abilities: {
      client: 'tab',
      engine: 'chromium',
      major: 142,
      codecs: ['video/VP8', 'audio/opus', 'video/H264'],
      encodedStreams: true,
      scriptTransform: true,
      channelInWorker: true,
      webCodecs: true,
    },
    encodes: ['VP8'],
    mayForward: true,
    seals: true,
  },
  devices: {
    microphone: { count: 2, permission: 'granted', state: 'on' },
    camera: { count: 1, permission: 'granted', state: 'off' },
    speakers: 1,
    peak: 0.4,
  },
  network: { relayMs: 12, candidates: ['host', 'srflx', 'relay'], nat: 'same-port', hasStun: true, hasTurn: true },
  ways: [{ tab: TAB, state: 'connected', path: 'direct', rttMs: 14.4, lostPerMille: 2 }],
  speed: { packetsPerSecond: 20_000, pressure: 'nominal' },
  learned: {
    techniques: [{ name: 'redirect', tries: 12.2, successes: 11.9 }],
    carriers: [{ name: 'pipe', tries: 4, successes: 4 }],
    reached: { direct: 5, relayed: 1, not: 0 },
    decisions: [],
  },
  storage: { status: 'kept', keptBytes: 3_000_000, quotaBytes: 9_000_000 },
}

const BADLY: Findings = {
  version: '1.2.3',
  self: SELF,
  engine: {
    abilities: {
      ...(WELL.engine as NonNullable<Findings['engine']>).abilities,
      codecs: [],
      encodedStreams: false,
      webCodecs: false,
      major: 0,
    },
    encodes: [],
    mayForward: false,
    seals: false,
  },
  devices: {
    microphone: { count: 0, permission: 'unknown', state: 'off' },
    camera: { count: 1, permission: 'denied', state: 'off' },
    speakers: 0,
    peak: undefined,
  },
  network: { relayMs: undefined, candidates: [], nat: 'closed', hasStun: false, hasTurn: false },
  ways: [{ tab: TAB, state: 'healing', path: 'unknown', rttMs: undefined, lostPerMille: undefined }],
  speed: { packetsPerSecond: 900, pressure: 'critical' },
  learned: {
    techniques: [{ name: 'redirect', tries: 3, successes: 0.2 }],
    carriers: [],
    reached: { direct: 0, relayed: 0, not: 2 },
    decisions: [`${TAB} passed nothing on; it is asked again later`],
  },
  storage: { status: 'memory-only', keptBytes: 0, quotaBytes: 0 },
}

const NOTHING: Findings = {
  ...WELL,
  engine: undefined,
  devices: undefined,
  network: undefined,
  ways: [],
  speed: undefined,
  learned: undefined,
  storage: undefined,
}

const results = (lines: readonly CheckLine[]) => lines.map(({ name, result }) => `${name}: ${result}`)

test('[CHECK-1] a device that is well is told so, line by line', () => {
  const lines = describeFindings(WELL)
  expect(lines.filter(({ result }) => result !== 'good')).toEqual([])
  expect(new Set(lines.map(({ group }) => group))).toEqual(new Set(CHECK_GROUPS))
})

test('[CHECK-1] what is wrong is named, with what to do', () => {
  expect(results(describeFindings(BADLY))).toEqual([
    'Formats: missing',
    'Own picture: poor',
    'Passing on: poor',
    'Self-test: poor',
    'Microphone: missing',
    'Sound level: poor',
    'Camera: missing',
    'Speaker: poor',
    'Relay: missing',
    'Own network: missing',
    'Outer network: poor',
    'Router: poor',
    'Passing on by a server: poor',
    'Person 1: missing',
    'Packets: poor',
    'Processor: poor',
    'Taking a picture from another member: poor',
    'Others met: poor',
    'Decided in this call: good',
    'Storage: missing',
  ])
})

test('[CHECK-1] every line is one or two sentences that end', () => {
  for (const { sentence } of [WELL, BADLY, NOTHING].flatMap((found) => describeFindings(found))) {
    expect(sentence).toMatch(/^[A-Z\d#(].*\.$/)
    expect(sentence.length).toBeLessThan(200)
    expect(sentence).not.toMatch(/undefined|NaN|\.\.$/)
  }
})

test('[CHECK-2] a part that did not answer stands as missing', () => {
  const lines = describeFindings(NOTHING)
  expect(lines.map(({ group }) => group)).toEqual([...CHECK_GROUPS])
  expect(new Set(lines.map(({ result }) => result))).toEqual(new Set(['missing']))
})

test('[CHECK-1] slow and lossy ways are poor, what the browser does not tell is not held against it', () => {
  const way = (rttMs: number, lostPerMille: number) =>
    describeFindings({ ...NOTHING, ways: [{ tab: TAB, state: 'connected', path: 'relayed', rttMs, lostPerMille }] }).find(
      ({ tab }) => tab === TAB,
    )
  expect([way(20, 0), way(300, 0), way(20, 50)].map((line) => line?.result)).toEqual(['good', 'poor', 'poor'])
  expect(way(20, 50)?.sentence).toContain('5.0 % lost')
  const untold = describeFindings({ ...WELL, speed: { packetsPerSecond: undefined, pressure: undefined }, learned: undefined })
  expect(untold.filter(({ group }) => group === 'speed').map(({ result }) => result)).toEqual(['good', 'good'])
})

test('[CHECK-6] what was learned is said in words and shares, and decisions of this call beside it', () => {
  const lines = describeFindings(BADLY).filter(({ group }) => group === 'learned')
  expect(lines[0]?.sentence).toBe('It worked in 7 % of about 3 tries, older ones counting less; something else is tried first.')
  expect(lines.at(-1)?.sentence).toContain('passed nothing on')
  const fresh = { techniques: [], carriers: [], reached: { direct: 0, relayed: 0, not: 0 }, decisions: [] }
  expect(describeFindings({ ...WELL, learned: fresh }).find(({ group }) => group === 'learned')?.sentence).toMatch(/^Nothing is known yet/)
})

test('[CHECK-3] the report has no name, address, id or link in it', () => {
  const report = writeReport('1.2.3', describeFindings(BADLY))
  expect(report).not.toContain(TAB)
  for (const secret of [
    '192.168.1.17',
    '10.0.0.1:5000',
    '2001:db8::7:1',
    'fe80::1',
    '::1',
    'b3d2.local',
    'https://a.example/#/r/x',
    TAB,
    'mQ3-xY_k29sLLz0aVb7',
  ])
    expect(withoutAddresses(`at ${secret}, again`)).toMatch(/^at #?\((address|link|id)\)[, ]/)
  const plain = 'It answered after 1200 ms: 3 of 4, 12.5 % lost, of about 12 tries. Sentences with straightforwardness stay.'
  expect(withoutAddresses(plain)).toBe(plain)
})

test('[CHECK-8] what a line says is in words for everybody, and the exact terms stand in the report alone', () => {
  const carriers = ['channel', 'pipe', 'turn'].map((name) => ({ name, tries: 4, successes: 1 }))
  const all = [WELL, BADLY].map((found) => ({ ...found, learned: { ...(found.learned as NonNullable<Findings['learned']>), carriers } }))
  for (const { name, sentence } of all.flatMap((found) => describeFindings(found)))
    expect(`${name}: ${sentence}`).not.toMatch(/codec|vp8|opus|encod|stream|transform|worker|channel|RTP|frame/i)
  const [well, badly] = all.map((found) => writeReport('1.2.3', describeFindings(found)))
  expect(well).toContain('knows all that calls here are made of. (codecs: opus, vp8, h264)')
  expect(well).toMatch(/as files are sent: .* \(data channel\)\n.*as calls usually do: .* \(RTP\)/)
  for (const terms of ['(lacks vp8, opus)', '(lacks WebCodecs)', '(lacks encoded streams)']) expect(badly).toContain(terms)
})

test('[CHECK-4] a way to a member calls nobody by name outside the page', () => {
  const lines = describeFindings({ ...WELL, ways: [WELL.ways[0], WELL.ways[0]].flatMap((one) => one ?? []) })
  expect(lines.filter(({ tab }) => tab !== undefined).map(({ name }) => name)).toEqual(['Person 1', 'Person 2'])
})

test('[CHECK-7] who a decision is about has the number of the way there, and ids stand nowhere', () => {
  const gone = '12D3KooWCzVqp3FT8mWJ5vRkYdG6eXo1NsH2uLbQaMiK7tE9fDxP'
  const why = `${TAB}’s picture: ${SELF} is asked, near ${gone}; #4294967295 is late`
  const lines = describeFindings({ ...BADLY, learned: { ...(WELL.learned as NonNullable<Findings['learned']>), decisions: [why] } })
  const sentence = 'Person 1’s picture: this device is asked, near somebody else; somebody else is late.'
  expect(lines.find(({ name }) => name === 'Decided in this call')?.sentence).toBe(sentence)
  expect(writeReport('1.2.3', lines)).toContain(`Decided in this call: ${sentence}`)
})
