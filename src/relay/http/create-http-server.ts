/** The HTTP side of the port: the built app, a few facts about the relay, and the headers on all of it. */
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { COUNTER_REPORT_BYTES, HTTP_REQUESTS_PER_MINUTE } from '../../protocol/relay-limits.ts'
import { FORWARDED_UNTRUSTED, requestAddress } from '../client-address.ts'
import type { Config } from '../config.ts'
import type { CounterStore } from '../counters/counter-store.ts'
import { serveCounters } from '../counters/serve-counters.ts'
import type { DoorDesk } from '../doors/door-desk.ts'
import { serveDoors } from '../doors/serve-doors.ts'
import { sayPlainly } from './say-plainly.ts'
import { securityHeaders } from './security-headers.ts'
import { serveApp } from './serve-app.ts'
import { type RelayFacts, serveStatus } from './serve-status.ts'

/** A request without a body is a few hundred bytes; slower than this is a client that holds sockets for sport. */
const REQUEST_TIMEOUT_MS = 30_000
/** The largest body the relay takes is a counter report; doors have a bound of their own. */
const BODY_BYTES = COUNTER_REPORT_BYTES

const UNREADABLE = 'This request cannot be answered.'

export async function createHttpServer(
  config: Config,
  log: Logger,
  facts: RelayFacts,
  counters: CounterStore,
  desk: DoorDesk,
): Promise<FastifyInstance> {
  const server = Fastify({
    // Fastify's own log lines hold addresses and paths; `log` below says what is worth saying.
    logger: false,
    // For the forwarded protocol; addresses come from client-address.ts, for pages and sockets alike.
    trustProxy: (_address, hop) => hop < config.TRUST_PROXY,
    requestTimeout: REQUEST_TIMEOUT_MS,
    bodyLimit: BODY_BYTES,
    forceCloseConnections: true,
    return503OnClosing: true,
    // Addresses that are no addresses come here before any hook; the default answer would quote them.
    frameworkErrors: (_error, request, reply) => void sayPlainly(reply.headers(headersFor(request, config)), 400, UNREADABLE),
  })

  server.addHook('onRequest', async (request, reply) => void reply.headers(headersFor(request, config)))
  server.addHook('onRequest', refuseUntrustedProxy(config, log, facts))
  server.addHook('onRequest', refuseForeignWorkers(facts))
  server.addHook('onResponse', async (request, reply) => {
    log.debug({ route: request.routeOptions.url ?? 'none', status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })

  await server.register(rateLimit, {
    max: HTTP_REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => requestAddress(request.raw, config.TRUST_PROXY),
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    onExceeded: () => facts.metrics.countRefusal('http', 'too-many-requests'),
  })
  serveStatus(server, config, facts)
  serveCounters(server, config, counters, facts.metrics)
  await serveDoors(server, desk, facts.metrics)
  await serveApp(server, config.STATIC_DIR)

  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) log.error({ err: error }, 'a request failed')
    const sentence = status >= 500 ? 'Something went wrong here. Try again.' : UNREADABLE
    return sayPlainly(reply, status, status === 429 ? 'Too many requests from this address. Try again in a minute.' : sentence)
  })
  return server
}

function headersFor(request: FastifyRequest, config: Config): Readonly<Record<string, string>> {
  const host = config.PUBLIC_URL === undefined ? request.headers.host : new URL(config.PUBLIC_URL).host
  const isHttps = request.protocol === 'https' || config.PUBLIC_URL?.startsWith('https:') === true
  return securityHeaders({ host, isHttps })
}

function refuseUntrustedProxy(config: Config, log: Logger, facts: RelayFacts) {
  let isSaid = false
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (config.TRUST_PROXY > 0 || request.headers['x-forwarded-for'] === undefined) return
    if (!isSaid) log.error(FORWARDED_UNTRUSTED)
    isSaid = true
    facts.metrics.countRefusal('http', 'untrusted-proxy')
    return sayPlainly(reply, 400, FORWARDED_UNTRUSTED)
  }
}

/** Whoever runs script in the page once must not plant a service worker for ever: one address may be one, no other. */
function refuseForeignWorkers(facts: RelayFacts) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.headers['service-worker'] === undefined || request.url.split('?')[0] === '/sw.js') return
    facts.metrics.countRefusal('http', 'foreign-service-worker')
    return sayPlainly(reply, 403, 'This file is no service worker.')
  }
}
