/** Refusals are one sentence of plain text: a person reads them in a browser, an operator in a terminal. */
import type { FastifyReply } from 'fastify'

export function sayPlainly(reply: FastifyReply, status: number, sentence: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(`${sentence}\n`)
}
