/** What a tab, an operator and a monitor may ask about the relay itself. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RelayCard } from '../../protocol/relay-card.ts'
import { isLoopback, requestAddress } from '../client-address.ts'
import type { Config } from '../config.ts'
import type { RelayMetrics } from '../metrics.ts'
import { turnAccess } from '../turn-access.ts'
import { sayPlainly } from './say-plainly.ts'

export type RelayFacts = {
  /** `ws` is the path for sockets: libp2p dials the root. */
  readonly info: RelayCard & { readonly version: string; readonly ws: '/' }
  /** Everything works: listening, database answers, not stopping. */
  readonly isReady: () => boolean
  readonly metrics: RelayMetrics
}

export function serveStatus(server: FastifyInstance, config: Config, facts: RelayFacts): void {
  server.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  server.get('/relay.json', async () => ({ ...facts.info, turn: turnAccess(config, Date.now()) }))
  server.get('/version', async () => ({ version: facts.info.version, wire: facts.info.wire }))
  server.get('/healthz', async () => ({ status: 'alive' }))
  server.get('/readyz', async (_request, reply) => {
    const isReady = facts.isReady()
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready' })
  })
  server.get('/metrics', async (request, reply) => {
    if (!mayRead(request, config)) return sayPlainly(reply, 403, 'Figures are for this machine, or for holders of METRICS_TOKEN.')
    return reply.type(facts.metrics.contentType).send(await facts.metrics.text())
  })
}

/** With a token set, only the token counts: a proxy on this machine would make everybody local. */
function mayRead(request: FastifyRequest, config: Config): boolean {
  if (config.METRICS_TOKEN === undefined) return isLoopback(requestAddress(request.raw, config.TRUST_PROXY))
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(given), digest(config.METRICS_TOKEN))
}

/** Equal lengths, so that comparing tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
