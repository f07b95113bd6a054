/**
 * Settings come from the environment, each also as `KEY_FILE` with the path of a file that holds the value, so that
 * secrets need not stand in a process list. Everything is checked before anything starts; what is wrong is said in one
 * sentence that names the key.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { RENDEZVOUS_RECORDS } from '../protocol/limits.ts'
import { ICE_URL } from '../protocol/relay-card.ts'
import { RELAY_RESERVATIONS, RELAY_ROOMS, RELAY_SOCKETS, RELAY_SOCKETS_PER_ADDRESS, TURN_SECONDS } from '../protocol/relay-limits.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`),
    v.transform(Number),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  )

const origin = v.pipe(
  v.string(),
  v.check((text) => isWebAddress(text), 'must be an address like https://rooms.example.org'),
  v.transform((text) => new URL(text).origin),
)

const path = v.pipe(
  v.string(),
  v.minLength(1, 'must not be empty'),
  v.transform((text) => resolve(text)),
)

const hops = v.pipe(
  v.string(),
  v.transform((text) => ({ true: '1', false: '0' })[text] ?? text),
  v.regex(/^\d$/, 'must be the number of proxies in front, from 0 to 9'),
  v.transform(Number),
)

const listed = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
)

const settings = v.object({
  HOST: v.optional(v.pipe(v.string(), v.minLength(1, 'must not be empty')), '127.0.0.1'),
  PORT: v.optional(wholeNumber(0, 65_535), '5180'),
  /** Address under which people open the relay, when it is not the one it listens on. */
  PUBLIC_URL: v.optional(origin),
  DATA_DIR: v.optional(path, './data'),
  STATIC_DIR: v.optional(path, './dist'),
  /** Origins, besides its own, whose pages may open a socket; separated by commas. */
  ALLOWED_ORIGINS: v.optional(v.pipe(listed, v.array(origin)), ''),
  /** Proxies in front that add to X-Forwarded-For. */
  TRUST_PROXY: v.optional(hops, '0'),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info'),
  METRICS_TOKEN: v.optional(v.pipe(v.string(), v.minLength(16, 'must have at least 16 characters'))),
  MAX_RESERVATIONS: v.optional(wholeNumber(1, 100_000), String(RELAY_RESERVATIONS)),
  MAX_SOCKETS: v.optional(wholeNumber(1, 100_000), String(RELAY_SOCKETS)),
  MAX_SOCKETS_PER_ADDRESS: v.optional(wholeNumber(1, 100_000), String(RELAY_SOCKETS_PER_ADDRESS)),
  MAX_ROOMS: v.optional(wholeNumber(1, 100_000), String(RELAY_ROOMS)),
  MAX_PEERS_PER_ROOM: v.optional(wholeNumber(2, RENDEZVOUS_RECORDS), String(RENDEZVOUS_RECORDS)),
  /** Servers that carry what cannot go direct, separated by commas, and the secret they share with us. */
  TURN_URLS: v.optional(
    v.pipe(listed, v.array(v.pipe(v.string(), v.regex(ICE_URL, 'must be addresses like turn:turn.example.org:3478?transport=udp')))),
    '',
  ),
  TURN_SECRET: v.optional(v.pipe(v.string(), v.minLength(16, 'must have at least 16 characters'))),
  /** For so long a name and password open it. */
  TURN_SECONDS: v.optional(wholeNumber(10, 86_400), String(TURN_SECONDS)),
})

export type Config = v.InferOutput<typeof settings>
export type Environment = Readonly<Record<string, string | undefined>>

const SECRETS: ReadonlySet<string> = new Set<keyof Config>(['METRICS_TOKEN', 'TURN_SECRET'])

/** A setting is wrong; the message is the whole sentence for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export function readConfig(environment: Environment, readText: (path: string) => string = (file) => readFileSync(file, 'utf8')): Config {
  const values: Record<string, string> = {}
  for (const key of Object.keys(settings.entries)) {
    const value = textOf(key, environment, readText)
    if (value !== undefined) values[key] = value
  }
  const result = v.safeParse(settings, values)
  if (result.success) return whole(result.output)
  const [issue] = result.issues
  throw new ConfigError(`${v.getDotPath(issue)?.split('.')[0]} ${issue.message}.`)
}

function whole(config: Config): Config {
  const hasServer = config.TURN_URLS.length > 0
  if (hasServer !== (config.TURN_SECRET !== undefined))
    throw new ConfigError('TURN_URLS and TURN_SECRET belong together: set both of them.')
  return config
}

/** The values in force, one `KEY=value` a line, with secrets masked. */
export function describeConfig(config: Config): string {
  const keys = Object.keys(settings.entries) as (keyof Config)[]
  return keys.map((key) => `${key}=${SECRETS.has(key) && config[key] !== undefined ? '(set)' : (config[key] ?? '')}`).join('\n')
}

function textOf(key: string, environment: Environment, readText: (path: string) => string): string | undefined {
  const direct = environment[key] || undefined
  const file = environment[`${key}_FILE`] || undefined
  if (file === undefined) return direct
  if (direct !== undefined) throw new ConfigError(`${key} and ${key}_FILE are both set: keep one of them.`)
  try {
    return readText(file).trim()
  } catch {
    throw new ConfigError(`${key}_FILE names a file that cannot be read.`)
  }
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text)
}
