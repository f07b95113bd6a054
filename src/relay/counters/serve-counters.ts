/** `/counters`: reports in, averages out, as frames like everything else that tabs and relays say. */
import type { FastifyInstance } from 'fastify'
import { counterReport } from '../../protocol/balance.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import { COUNTER_REPORT_BYTES } from '../../protocol/relay-limits.ts'
import { requestAddress } from '../client-address.ts'
import type { Config } from '../config.ts'
import { sayPlainly } from '../http/say-plainly.ts'
import type { RelayMetrics } from '../metrics.ts'
import { isOriginAllowed } from '../origin.ts'
import type { CounterStore } from './counter-store.ts'
import { ReportCount } from './report-count.ts'

const TYPE = 'application/cbor'
/** Averages change by the week. */
const CACHE_SECONDS = 3_600

export function serveCounters(server: FastifyInstance, config: Config, counters: CounterStore, metrics: RelayMetrics): void {
  const count = new ReportCount()
  const rule = { publicUrl: config.PUBLIC_URL, allowed: config.ALLOWED_ORIGINS }
  server.addContentTypeParser(TYPE, { parseAs: 'buffer', bodyLimit: COUNTER_REPORT_BYTES }, (_request, body, done) => done(null, body))

  server.get('/counters', async (_request, reply) => {
    const frame = encodeFrame({ t: 'averages', rows: counters.averages() })
    return reply.type(TYPE).header('cache-control', `public, max-age=${CACHE_SECONDS}`).send(Buffer.from(frame))
  })

  server.post('/counters', async (request, reply) => {
    const refuse = (status: number, reason: string, sentence: string) => {
      metrics.countRefusal('counters', reason)
      return sayPlainly(reply, status, sentence)
    }
    if (!isOriginAllowed(request.headers.origin, request.headers.host, rule))
      return refuse(403, 'origin', 'Reports come from pages of this relay.')
    const parsed = Buffer.isBuffer(request.body) ? parseFrame(request.body, counterReport, COUNTER_REPORT_BYTES) : undefined
    if (parsed?.kind !== 'ok') return refuse(400, parsed?.reason ?? 'malformed', 'This report cannot be read.')
    if (!count.take(requestAddress(request.raw, config.TRUST_PROXY), Date.now()))
      return refuse(429, 'too-many-reports', 'Enough reports came from this address today.')
    counters.add(parsed.message.rows, Date.now())
    return reply.code(204).send()
  })
}
