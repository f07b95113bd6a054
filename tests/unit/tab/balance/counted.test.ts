import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { bucketOf, priorsOf, reportRows, takesRedirects } from '../../../../src/core/balance/shared-counts.ts'
import { NO_TALLY, noteOutcome } from '../../../../src/core/balance/tally.ts'
import { counterReport } from '../../../../src/protocol/balance.ts'
import { encodeFrame, parseFrame } from '../../../../src/protocol/frame.ts'
import { COUNTERS_TOLD_AFTER_MS, COUNTERS_TOLD_EVERY_MS } from '../../../../src/protocol/limits.ts'
import { Counted } from '../../../../src/tab/balance/counted.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'
import { CLIENT } from './client.ts'

const average = { technique: 'redirect', client: 'tab', engine: 'chromium', major: 156, succeeded: 20, failed: 80 } as const

async function relayThat(answers: { readonly isDown?: boolean } = {}) {
  const told: { readonly message: unknown; readonly headers: readonly string[] }[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (answers.isDown) return request.socket.destroy()
      if (request.method === 'GET') return response.end(encodeFrame({ t: 'averages', rows: [average] }))
      told.push({ message: parseFrame(new Uint8Array(Buffer.concat(parts)), counterReport), headers: Object.keys(request.headers) })
      return response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { told, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers }
}

function count(origin: string, clock: ManualClock, kept = { atMs: 0, counts: new Map() }): Counted {
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  return new Counted(kept, { origin, client: CLIENT, clock, draw: 0.5, signal: closing.signal, onChange: () => {} })
}

/** What is to happen happens, however busy the machine is; what is not to happen had time to. */
const WAIT = { timeout: 4_000 }
const settle = () => new Promise((resolve) => setTimeout(resolve, 400))

test('[BALANCE-26] counts are told once a day, in buckets, by chance into a call, with nothing else', async () => {
  const { told, origin } = await relayThat()
  const clock = new ManualClock()
  clock.advance(COUNTERS_TOLD_EVERY_MS)
  const counted = count(origin, clock)
  for (let n = 0; n < 7; n++) counted.note('redirect', true)
  counted.note('proxy', false)
  clock.advance(COUNTERS_TOLD_AFTER_MS)
  await settle()
  expect(told).toEqual([])
  clock.advance(COUNTERS_TOLD_AFTER_MS / 2)
  await expect.poll(() => counted.told, WAIT).toEqual({ atMs: clock.nowMs(), counts: new Map() })
  const kind = { client: 'tab', engine: 'chromium', major: 156 }
  const rows = [
    { ...kind, technique: 'redirect', succeeded: 4, failed: 0 },
    { ...kind, technique: 'proxy', succeeded: 0, failed: 1 },
  ]
  expect(told.map(({ message }) => message)).toEqual([{ kind: 'ok', message: { t: 'report', rows } }])
  expect(told[0]?.headers).not.toContain('cookie')

  const again = count(origin, clock, { ...counted.told, counts: new Map([['redirect', { succeeded: 1, failed: 0 }]]) })
  clock.advance(2 * COUNTERS_TOLD_AFTER_MS)
  await settle()
  expect([told.length, again.told.counts.size]).toEqual([1, 1])
})

test('[BALANCE-26] what could not be told stays, and nothing is told of nothing', async () => {
  const relay = await relayThat({ isDown: true })
  const clock = new ManualClock()
  clock.advance(COUNTERS_TOLD_EVERY_MS)
  const counted = count(relay.origin, clock)
  const silent = count((await relayThat()).origin, clock)
  counted.note('redirect', true)
  clock.advance(2 * COUNTERS_TOLD_AFTER_MS)
  // While it is being told nothing is left of it.
  expect(counted.told.counts.size).toBe(0)
  // What happens meanwhile is not lost with it.
  counted.note('redirect', false)
  await expect.poll(() => counted.told, WAIT).toEqual({ atMs: 0, counts: new Map([['redirect', { succeeded: 1, failed: 1 }]]) })
  await expect.poll(() => silent.priors.get('redirect'), WAIT).toEqual({ succeeded: 20, failed: 80 })
  expect([silent.told.atMs, counted.priors.size]).toEqual([0, 0])
})

test('[BALANCE-26] counts become the largest bucket that is not more', () => {
  expect([0, 1, 3, 7, 15, 16, 9_999].map(bucketOf)).toEqual([0, 1, 2, 4, 8, 16, 16])
  expect(reportRows(new Map([['list', { succeeded: 0, failed: 0 }]]), CLIENT)).toEqual([])
})

test('[BALANCE-26] this version is asked first, then all versions of the engine; other classes are other clients', () => {
  const rows = [
    { ...average, major: 155, succeeded: 10, failed: 0 },
    { ...average, major: 154, succeeded: 30, failed: 10 },
    { ...average, engine: 'gecko', succeeded: 90, failed: 0 } as const,
    { ...average, client: 'widget', succeeded: 90, failed: 0 } as const,
  ]
  expect(priorsOf(rows, CLIENT).get('redirect')).toEqual({ succeeded: 40, failed: 10 })
  expect(priorsOf([...rows, average], CLIENT).get('redirect')).toEqual({ succeeded: 20, failed: 80 })
})

test('[BALANCE-26] plans are followed unless redirects are known to fail; who was lucky itself does not mind the others', () => {
  const rest = { firstMs: 1_000, maxMs: 1_000 }
  const bad = { succeeded: 0, failed: 1_000 }
  const failed = noteOutcome(NO_TALLY, { kind: 'failed' }, rest, 0)
  const lucky = Array.from({ length: 9 }).reduce<typeof failed>(
    (tally) => noteOutcome(tally, { kind: 'worked', mediaMs: 9 }, rest, 0),
    NO_TALLY,
  )
  expect([takesRedirects(NO_TALLY, undefined, 0.01, 0), takesRedirects(failed, undefined, 0.99, 0)]).toEqual([true, false])
  expect([takesRedirects(NO_TALLY, bad, 0.5, 0), takesRedirects(NO_TALLY, bad, 0.99, 0)]).toEqual([false, true])
  expect(takesRedirects(lucky, bad, 0.5, 0)).toBe(true)
})
