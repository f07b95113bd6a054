import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { WIRE } from '../../src/protocol/wire-version.ts'
import { VERSION } from '../../src/relay/version.ts'
import { relayForTest, temporaryFolder, writeApp } from './fixtures/relay.ts'

const EVERY_PATH = [
  '/',
  '/sw.js',
  '/assets/index-1a2b3c4d.js',
  '/assets/task.worker-5e6f7a8b.js',
  '/manifest.webmanifest',
  '/relay.json',
  '/healthz',
  '/metrics',
  '/nowhere',
  '/_room/x/y',
]

test.each(EVERY_PATH)('[RELAY-6] %s has all the headers', async (path) => {
  const { url } = await relayForTest()
  const { headers } = await fetch(url + path)
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': expect.stringMatching(/camera=\(self\), microphone=\(self\), display-capture=\(self\).*geolocation=\(\)/),
  })
  const policy = new Map(
    headers
      .get('content-security-policy')
      ?.split('; ')
      .map((directive) => directive.split(/ (.*)/) as [string, string]),
  )
  expect(Object.fromEntries(policy)).toEqual({
    'default-src': "'none'",
    'script-src': "'self' 'wasm-unsafe-eval'",
    'worker-src': "'self'",
    'style-src': "'self'",
    'font-src': "'self'",
    'img-src': "'self' blob: data:",
    'media-src': "'self' blob: data:",
    'connect-src': `'self' ${url.replace('http', 'ws')}`,
    'manifest-src': "'self'",
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'object-src': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': 'svelte-trusted-html default',
  })
})

test('[RELAY-6] refusals and requests that cannot be read have no less', async () => {
  const { url } = await relayForTest()
  const posted = await fetch(url, { method: 'POST', body: 'x'.repeat(2000) })
  expect([posted.status, posted.headers.has('content-security-policy')]).toEqual([413, true])
  const unreadable = await fetch(`${url}/%ff`)
  expect([unreadable.status, unreadable.headers.has('content-security-policy')]).toEqual([400, true])
})

test('[RELAY-6] a host that is no host is not repeated in the policy', async () => {
  const { port } = await relayForTest()
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x;script-src *\r\nConnection: close\r\n\r\n')
  const answer = (await socket.toArray()).join('')
  expect(answer).toMatch(/connect-src 'self'; /)
  expect(answer).not.toContain('script-src *')
})

test('[RELAY-6] behind a public address sockets and cookies keep to https', async () => {
  const { url } = await relayForTest({ PUBLIC_URL: 'https://rooms.example.org' })
  const { headers } = await fetch(url)
  expect(headers.get('content-security-policy')).toContain("connect-src 'self' wss://rooms.example.org;")
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
  expect(headers.get('set-cookie')).toBeNull()
})

test.each([
  ['/sw.js', 200],
  ['/sw.js?v=1', 200],
  ['/assets/index-1a2b3c4d.js', 403],
  ['/assets/task.worker-5e6f7a8b.js', 403],
  ['/sw.js/', 403],
  ['//sw.js', 403],
  ['/assets/../sw.js', 200],
  ['/', 403],
  ['/relay.json', 403],
])('[RELAY-7] a service worker at %s gets %i', async (path, status) => {
  const { url } = await relayForTest()
  const response = await fetch(url + path, { headers: { 'Service-Worker': 'script' } })
  expect(response.status).toBe(status)
  expect(response.headers.get('service-worker-allowed')).toBe(status === 200 ? '/' : null)
})

test.each([
  ['/', 'no-cache'],
  ['/sw.js', 'no-cache'],
  ['/manifest.webmanifest', 'no-cache'],
  ['/assets/index-1a2b3c4d.js', 'public, max-age=31536000, immutable'],
  ['/relay.json', 'no-store'],
  ['/nowhere', 'no-store'],
])('[RELAY-8] %s is %s', async (path, expected) => {
  const { url } = await relayForTest()
  expect((await fetch(url + path)).headers.get('cache-control')).toBe(expected)
})

test('[RELAY-28] a file that the build compressed is sent so to whoever takes it, under the name and headers of the file', async () => {
  const app = writeApp(temporaryFolder())
  for (const name of ['index.html', 'sw.js', 'assets/index-1a2b3c4d.js']) {
    const plain = readFileSync(join(app, name))
    writeFileSync(join(app, `${name}.br`), brotliCompressSync(plain))
    writeFileSync(join(app, `${name}.gz`), gzipSync(plain))
  }
  const { url } = await relayForTest({ STATIC_DIR: app })
  const ask = async (path: string, encoding: string) => {
    const response = await fetch(url + path, { headers: { 'Accept-Encoding': encoding } })
    const { headers } = response
    const said = ['content-encoding', 'content-type', 'cache-control', 'vary', 'service-worker-allowed'].map((name) => headers.get(name))
    return [await response.text(), ...said]
  }
  for (const [path, type, keeping, scope, text] of [
    ['/', /^text\/html/, 'no-cache', null, /^<!doctype html>/],
    ['/sw.js', /javascript/, 'no-cache', '/', /^self/],
    ['/assets/index-1a2b3c4d.js', /javascript/, 'public, max-age=31536000, immutable', null, /^export/],
  ] as const) {
    for (const [encoding, sent] of [
      ['gzip, br', 'br'],
      ['gzip', 'gzip'],
      ['identity', null],
    ] as const) {
      expect(await ask(path, encoding)).toEqual([
        expect.stringMatching(text),
        sent,
        expect.stringMatching(type),
        keeping,
        'accept-encoding',
        scope,
      ])
    }
  }
  // Too small to be compressed.
  expect((await ask('/manifest.webmanifest', 'gzip, br')).slice(0, 2)).toEqual(['{}', null])
})

test('[RELAY-8] files outside the app are not served', async () => {
  const { port } = await relayForTest()
  for (const path of ['/../data/relay.db', '/%2e%2e/data/peer.key', '/..%2fdata%2fpeer.key', '/.env']) {
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1.1 40[034]/)
  }
})

test('a relay without a built app says what to do', async () => {
  const { url } = await relayForTest({ STATIC_DIR: temporaryFolder() })
  const response = await fetch(url)
  expect([response.status, await response.text()]).toEqual([503, 'The app is not built yet. Run `npm run build`, then reload this page.\n'])
})

test('[RELAY-16] alive, ready, version, and whom to dial', async () => {
  const { url, peerId } = await relayForTest()
  const get = async (path: string) => (await fetch(url + path)).json()
  expect(await get('/healthz')).toEqual({ status: 'alive' })
  expect(await get('/readyz')).toEqual({ status: 'ready' })
  expect(await get('/version')).toEqual({ version: VERSION, wire: WIRE })
  expect(await get('/relay.json')).toEqual({ peerId, wire: WIRE, version: VERSION, ws: '/' })
})

test('[RELAY-17] figures on this machine need no token until one is set', async () => {
  const { url } = await relayForTest()
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^asterism_sockets 0$/m)
})

test('[RELAY-17] once a token is set, it alone counts', async () => {
  const { url } = await relayForTest({ METRICS_TOKEN: 'correct horse battery' })
  const statusWith = async (authorization: string) => (await fetch(`${url}/metrics`, { headers: { authorization } })).status
  expect(await Promise.all(['', 'Bearer wrong', 'correct horse battery', 'Bearer correct horse battery'].map(statusWith))).toEqual([
    403, 403, 403, 200,
  ])
})

test('[RELAY-17] somebody who came through a proxy is not on this machine', async () => {
  const { url } = await relayForTest({ TRUST_PROXY: '1' })
  expect((await fetch(`${url}/metrics`, { headers: { 'x-forwarded-for': '1.2.3.4' } })).status).toBe(403)
})

test('[RELAY-4] a forwarded request is refused with the remedy, which is logged once', async () => {
  const { url, log } = await relayForTest()
  for (let n = 0; n < 3; n++) {
    const response = await fetch(url, { headers: { 'x-forwarded-for': '1.2.3.4' } })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('Set TRUST_PROXY')])
  }
  expect(log().match(/Set TRUST_PROXY/g)?.length).toBe(1)
})
