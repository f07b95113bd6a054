import { createHmac } from 'node:crypto'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { relayCard, type TurnAccess } from '../../src/protocol/relay-card.ts'
import { readConfig } from '../../src/relay/config.ts'
import { turnAccess } from '../../src/relay/turn-access.ts'
import { relayForTest } from './fixtures/relay.ts'

const SECRET = 'a secret between two servers'
const TURN = { TURN_URLS: 'turn:turn.example.org:3478?transport=udp, turns:turn.example.org', TURN_SECRET: SECRET, TURN_SECONDS: '600' }

async function cardOf(url: string): Promise<{ readonly text: string; readonly turn: TurnAccess | undefined }> {
  const text = await (await fetch(`${url}/relay.json`)).text()
  return { text, turn: v.parse(relayCard, JSON.parse(text)).turn }
}

test('[TURN-1] the name says until when, the password is its HMAC-SHA1 with the secret, as coturn computes it', () => {
  const access = turnAccess(readConfig(TURN), 1_700_000_000_000)
  const password = createHmac('sha1', SECRET)
    .update(access?.username ?? '')
    .digest('base64')
  expect(access).toEqual({
    urls: ['turn:turn.example.org:3478?transport=udp', 'turns:turn.example.org'],
    username: expect.stringMatching(/^1700000600:[\w-]{12}$/),
    credential: password,
    forSeconds: 600,
  })
})

test('[TURN-1] every request gets another name, and no answer holds the secret', async () => {
  const { url, log } = await relayForTest(TURN)
  const [one, other] = [await cardOf(url), await cardOf(url)]
  expect(one.turn?.username).not.toBe(other.turn?.username)
  expect(one.turn?.credential).not.toBe(other.turn?.credential)
  expect(`${one.text} ${log()}`).not.toContain(SECRET)
})

test('a relay that knows of no TURN server names none', async () => {
  const { url } = await relayForTest()
  expect((await cardOf(url)).turn).toBeUndefined()
})

test.each([{ TURN_URLS: TURN.TURN_URLS }, { TURN_SECRET: SECRET }])('[TURN-2] half of the settings is refused: %o', (half) => {
  expect(() => readConfig(half)).toThrow('TURN_URLS and TURN_SECRET belong together: set both of them.')
})

test.each(['http://turn.example.org', 'turn:', 'turn:a b', 'turn:a?transport=x'])('[TURN-2] %s is no address of a server', (url) => {
  expect(() => readConfig({ TURN_URLS: url, TURN_SECRET: SECRET })).toThrow('TURN_URLS must be addresses like')
})
