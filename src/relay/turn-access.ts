/**
 * Access to a TURN server that knows the same secret (coturn's `use-auth-secret`, draft-uberti-behave-turn-rest): the name says
 * until when, the password is its HMAC. Each request gets another pair; nobody keeps a list of them, and none opens anything for long.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { TurnAccess } from '../protocol/relay-card.ts'
import type { Config } from './config.ts'

/** Undefined where the relay knows of no such server. */
export function turnAccess({ TURN_URLS: urls, TURN_SECRET, TURN_SECONDS: forSeconds }: Config, nowMs: number): TurnAccess | undefined {
  if (urls.length === 0 || TURN_SECRET === undefined) return undefined
  const username = `${Math.floor(nowMs / 1000) + forSeconds}:${randomBytes(9).toString('base64url')}`
  const credential = createHmac('sha1', TURN_SECRET).update(username).digest('base64')
  return { urls, username, credential, forSeconds }
}
