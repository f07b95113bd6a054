/**
 * `/doors/<token>`: WHIP (RFC 9725) and WHEP as far as HTTP goes. Requests become exchanges with the tab that holds the door,
 * and its answers become statuses; what is in them is between the program and the tab. Any page may ask, since the token in
 * the address is all that counts.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { type DeclineReason, DOORS_PATH, FRAGMENT_TYPE, isDoorSecret, SDP_TYPE } from '../../protocol/doors.ts'
import { DOOR_RETRY_SECONDS, DOOR_SDP_CHARS } from '../../protocol/relay-limits.ts'
import { sayPlainly } from '../http/say-plainly.ts'
import type { RelayMetrics } from '../metrics.ts'
import type { DoorAnswer, DoorDesk, DoorQuestion, NoAnswer } from './door-desk.ts'

type Named = { Params: { token: string; session: string } }

const NO_DOOR = 'There is no such door, or nobody behind it any more.'

const REFUSALS: Readonly<Record<DeclineReason | NoAnswer['reason'], readonly [status: number, sentence: string, isForLater?: true]>> = {
  busy: [409, 'Another program is there. One comes in at a time.', true],
  'unknown-session': [404, 'There is no such session, or it has ended.'],
  unreadable: [400, 'This is no session description that can be read.'],
  'nothing-in-common': [422, 'None of the pictures and sounds in this offer can be taken here.'],
  'no-restarts': [422, 'ICE restarts are not taken. Candidates are; otherwise begin a new session.'],
  unknown: [404, NO_DOOR],
  'too-many-waiting': [503, 'Too much waits at this door.', true],
  'too-often': [429, 'This door was asked too often.', true],
  silent: [504, 'Whoever holds this door did not answer.', true],
}

const AT_DOOR = { allow: 'OPTIONS, POST', 'accept-post': SDP_TYPE } as const
const AT_SESSION = { allow: 'DELETE, OPTIONS, PATCH', 'accept-patch': FRAGMENT_TYPE } as const

export async function serveDoors(server: FastifyInstance, desk: DoorDesk, metrics: RelayMetrics): Promise<void> {
  await server.register(async (doors) => {
    doors.removeAllContentTypeParsers()
    // Types are told apart below, where the answer can say which one it should be.
    doors.addContentTypeParser('*', { parseAs: 'string', bodyLimit: DOOR_SDP_CHARS }, (_request, body, done) => done(null, body))
    doors.addHook('onRequest', async (_request, reply) => {
      reply.header('access-control-allow-origin', '*')
      reply.header('access-control-expose-headers', 'accept-patch, accept-post, etag, location, retry-after')
    })

    const refuse = (reply: FastifyReply, reason: string, [status, sentence, isForLater]: (typeof REFUSALS)[keyof typeof REFUSALS]) => {
      metrics.countRefusal('doors', reason)
      return sayPlainly(isForLater === true ? reply.header('retry-after', DOOR_RETRY_SECONDS) : reply, status, sentence)
    }
    const ask = async (token: string, question: DoorQuestion, reply: FastifyReply, then: (answer: DoorAnswer) => FastifyReply) => {
      if (!isDoorSecret(token) || ('session' in question && !isDoorSecret(question.session)))
        return refuse(reply, 'unknown', REFUSALS.unknown)
      const answer = await desk.ask(token, question)
      if (answer.t === 'none' || answer.t === 'declined') return refuse(reply, answer.reason, REFUSALS[answer.reason])
      metrics.countExchange(question.t)
      return then(answer)
    }
    /** The text when it is of that type; else the refusal is said. */
    const textOf = (request: { headers: { 'content-type'?: string | undefined }; body: unknown }, type: string, reply: FastifyReply) => {
      const isOfType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() === type
      if (isOfType && typeof request.body === 'string') return request.body
      refuse(reply, 'other-type', [415, `What is taken here is ${type}.`])
      return undefined
    }

    doors.route<Named>({
      method: 'POST',
      url: `${DOORS_PATH}/:token`,
      handler: async (request, reply) => {
        const { token } = request.params
        if (!desk.isOpen(token)) return refuse(reply, 'unknown', REFUSALS.unknown)
        const sdp = textOf(request, SDP_TYPE, reply)
        if (sdp === undefined) return reply
        return ask(token, { t: 'offered', sdp }, reply, (answer) => {
          if (answer.t !== 'begun') return refuse(reply, 'silent', REFUSALS.silent)
          const location = `${DOORS_PATH}/${token}/${answer.session}`
          return reply
            .code(201)
            .headers({ location, etag: entityTag(answer.session), 'accept-patch': FRAGMENT_TYPE })
            .type(SDP_TYPE)
            .send(answer.sdp)
        })
      },
    })

    doors.route<Named>({
      method: 'PATCH',
      url: `${DOORS_PATH}/:token/:session`,
      handler: async (request, reply) => {
        const { token, session } = request.params
        if (!desk.isOpen(token)) return refuse(reply, 'unknown', REFUSALS.unknown)
        const sdp = textOf(request, FRAGMENT_TYPE, reply)
        if (sdp === undefined) return reply
        const tag = request.headers['if-match']
        if (tag !== undefined && tag !== '*' && tag !== entityTag(session))
          return refuse(reply, 'other-session', [412, 'This was meant for another session.'])
        return ask(token, { t: 'trickled', session, sdp }, reply, () => reply.code(204).send())
      },
    })

    doors.route<Named>({
      method: 'DELETE',
      url: `${DOORS_PATH}/:token/:session`,
      handler: ({ params: { token, session } }, reply) =>
        ask(token, { t: 'ended', session }, reply, () => sayPlainly(reply, 200, 'The session has ended.')),
    })

    for (const [url, allowed, others] of [
      [`${DOORS_PATH}/:token`, AT_DOOR, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
      [`${DOORS_PATH}/:token/:session`, AT_SESSION, ['GET', 'HEAD', 'PUT', 'POST']],
    ] as const) {
      doors.route({ method: [...others], url, handler: (_request, reply) => refuse(reply.headers(allowed), 'method', NOT_HERE) })
      doors.options(url, (_request, reply) =>
        reply
          .headers({
            ...allowed,
            'access-control-allow-methods': allowed.allow,
            'access-control-allow-headers': 'authorization, content-type, if-match',
            'access-control-max-age': '600',
          })
          .send(),
      )
    }
  })
}

const NOT_HERE = [405, 'This address takes other methods.'] as const

/** Sessions have one ICE life, so a session and its tag are one. */
function entityTag(session: string): string {
  return `"${session}"`
}
