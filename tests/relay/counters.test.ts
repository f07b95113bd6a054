import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CounterAverages, type CounterRow, counterAverages } from '../../src/protocol/balance.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { encodeFrame, parseFrame } from '../../src/protocol/frame.ts'
import {
  COUNTER_DAY_MS,
  COUNTER_REPORT_BYTES,
  COUNTER_REPORTS_MIN,
  COUNTER_REPORTS_PER_ADDRESS,
  COUNTER_ROW_MAX,
  COUNTER_ROWS,
  COUNTER_ROWS_PER_REPORT,
  RELAY_ADDRESSES_COUNTED,
} from '../../src/protocol/relay-limits.ts'
import { CounterStore } from '../../src/relay/counters/counter-store.ts'
import { ReportCount } from '../../src/relay/counters/report-count.ts'
import { openDatabase } from '../../src/relay/store/open-database.ts'
import { relayForTest, temporaryFolder } from './fixtures/relay.ts'

const ROW: CounterRow = { technique: 'redirect', client: 'tab', engine: 'chromium', major: 156, succeeded: 4, failed: 1 }

const report = (rows: readonly unknown[] = [ROW]) => encodeFrame({ t: 'report', rows })

function post(url: string, body: Bytes, headers: Readonly<Record<string, string>> = {}) {
  return fetch(`${url}/counters`, { method: 'POST', body, headers: { 'content-type': 'application/cbor', ...headers } })
}

async function averagesOf(url: string): Promise<CounterAverages['rows']> {
  const parsed = parseFrame(new Uint8Array(await (await fetch(`${url}/counters`)).arrayBuffer()), counterAverages)
  return parsed.kind === 'ok' ? parsed.message.rows : []
}

function storeForTest(): CounterStore {
  const database = openDatabase(join(temporaryFolder(), 'relay.db'))
  // Thousands of reports in a second: what a power cut would leave is another test's matter.
  database.exec('PRAGMA synchronous = OFF')
  return new CounterStore(database)
}

test('[BALANCE-22] a kind of client is told of from so many reports on, in tens, and outlives the relay', async () => {
  const first = await relayForTest()
  for (let n = 1; n < COUNTER_REPORTS_MIN; n++) expect((await post(first.url, report())).status).toBe(204)
  expect(await averagesOf(first.url)).toEqual([])
  await post(first.url, report())
  const told = [{ ...ROW, succeeded: 4 * COUNTER_REPORTS_MIN, failed: COUNTER_REPORTS_MIN }]
  expect(await averagesOf(first.url)).toEqual(told)
  await post(first.url, report())
  expect(await averagesOf(first.url)).toEqual(told)
  await first.close()
  const second = await relayForTest({ DATA_DIR: first.dataDir })
  expect(await averagesOf(second.url)).toEqual(told)
})

test.each([
  ['nothing', new Uint8Array()],
  ['no rows', report([])],
  ['counts between buckets', report([{ ...ROW, failed: 3 }])],
  ['empty counts', report([{ ...ROW, succeeded: 0, failed: 0 }])],
  ['an unknown technique', report([{ ...ROW, technique: 'magic' }])],
  ['one kind twice', report([ROW, ROW])],
  ['too many rows', report(Array.from({ length: COUNTER_ROWS_PER_REPORT + 1 }, (_, major) => ({ ...ROW, major })))],
  ['another message', encodeFrame({ t: 'averages', rows: [] })],
])('[BALANCE-23] a report with %s is refused whole', async (_, body) => {
  const { url } = await relayForTest()
  expect((await post(url, body)).status).toBe(400)
})

test('[BALANCE-23] a body that is too large, of another type or from another page is refused', async () => {
  const { url } = await relayForTest()
  expect((await post(url, new Uint8Array(COUNTER_REPORT_BYTES + 1))).status).toBe(413)
  expect((await post(url, report(), { 'content-type': 'application/json' })).status).toBe(400)
  expect((await post(url, report(), { 'content-type': 'text/plain' })).status).toBe(400)
  expect((await post(url, report(), { origin: 'https://evil.example' })).status).toBe(403)
  expect((await post(url, report(), { origin: url })).status).toBe(204)
})

test('[BALANCE-24] one address reports so often a day, and the relay keeps no trace of it', async () => {
  const { url, log } = await relayForTest()
  for (let n = 0; n < COUNTER_REPORTS_PER_ADDRESS; n++) await post(url, report())
  expect((await post(url, report())).status).toBe(429)
  expect(log()).not.toContain('127.0.0.1')

  const count = new ReportCount()
  for (let n = 0; n < COUNTER_REPORTS_PER_ADDRESS; n++) expect(count.take('a', COUNTER_DAY_MS)).toBe(true)
  expect([count.take('a', COUNTER_DAY_MS), count.take('b', COUNTER_DAY_MS), count.take('a', 2 * COUNTER_DAY_MS)]).toEqual([
    false,
    true,
    true,
  ])
  for (let n = 0; n < RELAY_ADDRESSES_COUNTED - 1; n++) count.take(`n${n}`, 2 * COUNTER_DAY_MS)
  expect([count.take('one more', 2 * COUNTER_DAY_MS), count.take('a', 2 * COUNTER_DAY_MS)]).toEqual([false, true])
})

test('[BALANCE-25] sums stay within bounds: old ones count half, kinds not told of for longest go', () => {
  const store = storeForTest()
  for (let n = 0; n < COUNTER_ROW_MAX / 16 + 20; n++) store.add([{ ...ROW, succeeded: 16, failed: 0 }], n)
  const [row] = store.averages()
  expect(row?.succeeded).toBeLessThan(COUNTER_ROW_MAX)
  expect(row?.succeeded).toBeGreaterThanOrEqual(COUNTER_ROW_MAX / 2)

  for (let major = 1; major <= COUNTER_ROWS + 10; major++)
    for (let n = 0; n < COUNTER_REPORTS_MIN; n++) store.add([{ ...ROW, major: 1_000 + major }], 1e6 + major)
  const majors = store.averages().map((each) => each.major)
  expect([majors.length, majors.includes(156), majors.includes(1_010), majors.includes(1_011)]).toEqual([COUNTER_ROWS, false, false, true])
})
