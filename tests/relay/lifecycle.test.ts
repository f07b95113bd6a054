import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createLog } from '../../src/relay/log.ts'
import { relayForTest, temporaryFolder, writeApp } from './fixtures/relay.ts'
import { join, RendezvousStream } from './fixtures/rendezvous-stream.ts'
import { roomForTest } from './fixtures/room.ts'
import { tabForTest } from './fixtures/tab.ts'

const MAIN = new URL('../../src/relay/main.ts', import.meta.url).pathname

type Process = {
  readonly child: ChildProcess
  readonly url: string
  readonly port: number
  readonly peerId: string
  readonly dataDir: string
  readonly stdout: () => string
  readonly stderr: () => string
}

async function relayProcess(environment: Record<string, string> = {}): Promise<Process> {
  const env = { PORT: '0', DATA_DIR: joinPath(temporaryFolder(), 'data'), STATIC_DIR: writeApp(temporaryFolder()), ...environment }
  const child = spawn(process.execPath, [MAIN], { env, cwd: temporaryFolder(), stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stderr.on('data', (text) => (stderr += text))
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(stderr)))
    child.stdout.on('data', (text) => {
      stdout += text
      if (stdout.includes('Data:')) resolve()
    })
  })
  const url = /➜ (http:\/\/localhost:\d+)/.exec(stdout)?.[1] as string
  const { peerId } = (await (await fetch(`${url}/relay.json`)).json()) as { peerId: string }
  return { child, url, port: Number(new URL(url).port), peerId, dataDir: env.DATA_DIR, stdout: () => stdout, stderr: () => stderr }
}

test('a person is told the address, the next step and where the data lies', async () => {
  const relay = await relayProcess()
  expect(relay.stdout()).toMatch(/Asterism \d+\.\d+\.\d+\n {2}➜ http:\/\/localhost:\d+\n {2}Open it twice.*\n {2}Data: \/.*\/data\n/)
})

test.each(['SIGTERM', 'SIGINT'] as const)('[RELAY-18] %s tells tabs, closes and exits with 0', async (signal) => {
  const relay = await relayProcess()
  const tab = await tabForTest(relay)
  const { stream } = await join(tab, await roomForTest())
  const startedMs = performance.now()
  relay.child.kill(signal)
  expect(await stream.next()).toBeUndefined()
  expect(stream.stream.status).not.toBe('reset')
  relay.child.kill(signal) // a terminal and `npm start` both send it
  expect(await once(relay.child, 'exit')).toEqual([0, null])
  expect(performance.now() - startedMs).toBeLessThan(10_000)
  expect(relay.stderr()).toContain('relay stopped')
})

test('[RELAY-18] an idle page that holds its connection open does not hold up the end', async () => {
  const relay = await relayForTest()
  await fetch(relay.url, { headers: { connection: 'keep-alive' } })
  const startedMs = performance.now()
  await Promise.all([relay.close(), relay.close()])
  expect(performance.now() - startedMs).toBeLessThan(3_000)
  await expect(fetch(relay.url)).rejects.toThrow()
})

test('[RELAY-20] a taken port is a sentence', async () => {
  const { port } = await relayForTest()
  await expect(relayProcess({ PORT: String(port) })).rejects.toThrow(
    `Port ${port} is taken: stop what uses it, or set PORT to another one.`,
  )
})

test('[RELAY-19] nothing the relay writes tells who was there', async () => {
  const relay = await relayProcess({ LOG_LEVEL: 'debug' })
  const room = await roomForTest()
  const [ann, ben] = [await tabForTest(relay, { reserve: true }), await tabForTest(relay)]
  const { stream } = await join(ann, room, new TextEncoder().encode('canary-card'))
  await join(ben, room)
  const broken = await RendezvousStream.open(ben)
  broken.stream.sayBytes(new Uint8Array([0]))
  await fetch(`${relay.url}/_room/${room.id}/canary-path?canary-query`, {
    headers: { 'x-real-ip': '203.0.113.9', 'user-agent': 'canary-agent' },
  })
  await fetch(`${relay.url}/%ff${room.id}`)
  await fetch(relay.url, { headers: { 'x-forwarded-for': '203.0.113.9' } })
  await stream.stream.close()
  await ben.node.stop()
  const files = () => readdirSync(relay.dataDir).map((name) => readFileSync(joinPath(relay.dataDir, name), 'latin1'))
  const whileOpen = files()
  relay.child.kill('SIGTERM')
  await once(relay.child, 'close')
  const written = [relay.stdout(), relay.stderr(), ...whileOpen, ...files()].join('\n')
  const canaries = [room.id, ann.id, ben.id, relay.peerId, '127.0.0.1', '203.0.113.9', '::1', 'canary']
  expect(canaries.filter((canary) => written.includes(canary))).toEqual([])
  expect(written).toContain('relay stopped')
  expect(written).toContain('"status":404')
})

test('[RELAY-19] a logged failure keeps its name and place, not what it quotes', () => {
  const lines: string[] = []
  const log = createLog('debug', { write: (line) => void lines.push(line) })
  const cause = Object.assign(new TypeError('connect ECONNREFUSED 203.0.113.9:80\n at 203.0.113.9'), {
    code: 'ECONNREFUSED',
    address: '203.0.113.9',
  })
  log.error({ err: cause, req: { ip: '203.0.113.9' } }, 'a request failed')
  log.error(cause)
  expect(lines.join('')).not.toContain('203.0.113.9')
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    level: 'error',
    msg: 'a request failed',
    err: { name: 'TypeError', code: 'ECONNREFUSED', at: expect.arrayContaining([expect.stringContaining('lifecycle.test.ts')]) },
  })
})

test('[RELAY-25] an old Node.js is told so in one sentence', async () => {
  const guard = new URL('../../src/relay/require-node.ts', import.meta.url).href
  const code = `Object.defineProperty(process.versions, 'node', { value: '22.18.0' }); await import('${guard}')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code])
  const said = (await child.stderr.toArray()).join('')
  expect(said).toBe('Asterism needs Node.js 24 or newer and this is 22.18.0: install it from https://nodejs.org and start again.\n')
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1)
  expect(readFileSync(MAIN, 'utf8').match(/^import .*/m)?.[0]).toBe("import './require-node.ts'")
})
