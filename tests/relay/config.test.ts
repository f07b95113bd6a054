import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { describeConfig, readConfig } from '../../src/relay/config.ts'

const run = promisify(execFile)
const MAIN = new URL('../../src/relay/main.ts', import.meta.url).pathname

test('without any setting the relay is for this machine', () => {
  expect(readConfig({})).toMatchObject({ HOST: '127.0.0.1', PORT: 5180, TRUST_PROXY: 0, MAX_RESERVATIONS: 500 })
})

test.each([
  [{ PORT: '70000' }, 'PORT must be at most 65535.'],
  [{ PORT: '51.8' }, 'PORT must be a whole number from 0 to 65535.'],
  [{ PUBLIC_URL: 'rooms.example.org' }, 'PUBLIC_URL must be an address like https://rooms.example.org.'],
  [{ ALLOWED_ORIGINS: 'https://a.example, b' }, 'ALLOWED_ORIGINS must be an address like https://rooms.example.org.'],
  [{ TRUST_PROXY: 'yes' }, 'TRUST_PROXY must be the number of proxies in front, from 0 to 9.'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal, error, warn, info, debug, silent.'],
  [{ METRICS_TOKEN: 'short' }, 'METRICS_TOKEN must have at least 16 characters.'],
  [{ MAX_PEERS_PER_ROOM: '1' }, 'MAX_PEERS_PER_ROOM must be at least 2.'],
  [
    { TURN_URLS: 'turn.example.org', TURN_SECRET: 'correct horse battery' },
    'TURN_URLS must be addresses like turn:turn.example.org:3478?transport=udp.',
  ],
  [{ TURN_SECRET: 'horse' }, 'TURN_SECRET must have at least 16 characters.'],
  [{ PORT: '1', PORT_FILE: '/x' }, 'PORT and PORT_FILE are both set: keep one of them.'],
  [{ METRICS_TOKEN_FILE: '/does/not/exist' }, 'METRICS_TOKEN_FILE names a file that cannot be read.'],
])('[RELAY-20] %o is refused', (environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(sentence)
})

test('[RELAY-20] the process says the sentence and exits with 1', async () => {
  const failure = await run(process.execPath, [MAIN], { env: { PORT: 'x' } }).catch((error) => error)
  expect(failure).toMatchObject({ code: 1, stderr: 'PORT must be a whole number from 0 to 65535.\n', stdout: '' })
})

test('[RELAY-21] a setting may stand in a file, where the last line break does not count', () => {
  const config = readConfig({ METRICS_TOKEN_FILE: '/run/secrets/token' }, (path) => `${path}-is-secret\n`)
  expect(config.METRICS_TOKEN).toBe('/run/secrets/token-is-secret')
})

test('[RELAY-21] check-config lists every setting and no secret', async () => {
  const settings = {
    METRICS_TOKEN: 'correct horse battery',
    PORT: '81',
    TURN_URLS: 'turn:turn.example.org',
    TURN_SECRET: 'a horse of another colour',
  }
  const { stdout } = await run(process.execPath, [MAIN, 'check-config'], { env: settings })
  expect(stdout).toContain('PORT=81\n')
  expect(stdout).toContain('METRICS_TOKEN=(set)\n')
  expect(stdout).toContain('TURN_SECRET=(set)\n')
  expect(stdout).not.toContain('horse')
  expect(stdout.trim()).toBe(describeConfig(readConfig(settings)))
})

test('lists of origins are trimmed and reduced to origins', () => {
  expect(readConfig({ ALLOWED_ORIGINS: ' https://a.example/x ,http://localhost:5173' }).ALLOWED_ORIGINS).toEqual([
    'https://a.example',
    'http://localhost:5173',
  ])
})
