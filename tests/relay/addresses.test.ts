import { expect, test } from 'vitest'
import { networkPrefix } from '../../src/core/balance/network-profile.ts'
import { RELAY_OPENINGS_PER_ADDRESS, RELAY_WINDOW_MS } from '../../src/protocol/relay-limits.ts'
import { clientAddress } from '../../src/relay/client-address.ts'
import { announcedAddresses } from '../../src/relay/mesh/announced-addresses.ts'
import { OpeningCount } from '../../src/relay/opening-count.ts'
import { isOriginAllowed } from '../../src/relay/origin.ts'
import { segmentOf } from '../../src/relay/rendezvous/network-segment.ts'

const PROXY = '10.0.0.1'

test.each([
  ['without trusted proxies the header is ignored', '1.1.1.1', 0, PROXY],
  ['one proxy names the client', '1.1.1.1', 1, '1.1.1.1'],
  ['what the client wrote itself stands further left', '6.6.6.6, 1.1.1.1', 1, '1.1.1.1'],
  ['two proxies', '6.6.6.6, 1.1.1.1, 10.0.0.2', 2, '1.1.1.1'],
  ['fewer entries than proxies', '1.1.1.1', 3, '1.1.1.1'],
  ['no address at all', 'unknown', 1, PROXY],
  ['no header', undefined, 1, PROXY],
] as const)('[RELAY-5] %s', (_, header, proxies, expected) => {
  expect(clientAddress(PROXY, header, proxies)).toBe(expected)
})

const RULE = { publicUrl: 'https://rooms.example.org', allowed: ['http://localhost:5173'] }

test.each([
  [undefined, '1.2.3.4:5180', true],
  ['https://rooms.example.org', 'rooms.example.org', true],
  ['http://localhost:5173', 'localhost:5180', true],
  ['http://localhost:5180', 'localhost:5180', true],
  ['http://192.168.1.7:5180', '192.168.1.7:5180', true],
  ['http://[fd00::7]:5180', '[fd00::7]:5180', true],
  ['http://box.local:5180', 'box.local:5180', true],
  ['http://localhost:9999', 'localhost:5180', false],
  ['https://evil.example', 'rooms.example.org', false],
  ['https://rooms.example.org.evil.example', 'rooms.example.org', false],
  ['http://rooms.example.org', 'rooms.example.org', false],
  ['http://evil.example:5180', 'evil.example:5180', false],
  ['null', 'localhost:5180', false],
  ['', 'localhost:5180', false],
  ['file://', '', false],
])('[RELAY-3] page of %s at host %s: %s', (origin, host, expected) => {
  expect(isOriginAllowed(origin, host, RULE)).toBe(expected)
})

test('[RELAY-14] an address has so many sockets, and gets one back for each it closes', () => {
  const count = new OpeningCount({ sockets: 3, socketsPerAddress: 2 })
  expect([count.open('a', 0), count.open('a', 0), count.open('a', 0)]).toEqual([undefined, undefined, 'too-many-sockets-of-address'])
  expect([count.open('b', 0), count.open('c', 0)]).toEqual([undefined, 'too-many-sockets'])
  count.close('a')
  expect([count.sockets, count.open('a', 0), count.sockets]).toEqual([2, undefined, 3])
})

test('[RELAY-14] an address that opens without pause waits for the next window', () => {
  const count = new OpeningCount({ sockets: 10, socketsPerAddress: 10 })
  for (let n = 0; n < RELAY_OPENINGS_PER_ADDRESS; n++) {
    expect(count.open('a', 1)).toBeUndefined()
    count.close('a')
  }
  expect([count.open('a', 1), count.open('b', 1), count.open('a', 1 + RELAY_WINDOW_MS)]).toEqual(['too-fast', undefined, undefined])
})

test.each([
  ['1.2.3.4', '1.2.3'],
  ['::ffff:1.2.3.4', '1.2.3'],
  ['2001:db8:0:7::1', '2001:db8:0'],
  ['2001:0DB8::1', '2001:db8:0'],
  ['fe80::1%eth0', 'fe80:0:0'],
  ['::1', '0:0:0'],
  ['1::', '1:0:0'],
  ['nonsense', 'unknown'],
])('[RENDEZVOUS-15] the network of %s is %s', (address, prefix) => {
  expect(networkPrefix(address)).toBe(prefix)
})

test('[RENDEZVOUS-15] a segment is eight bytes of a keyed hash', () => {
  const key = new Uint8Array(32).fill(1)
  expect(segmentOf(key, '1.2.3.4')).toEqual(segmentOf(key, '1.2.3.99'))
  expect(segmentOf(key, '1.2.3.4')).not.toEqual(segmentOf(key, '1.2.4.4'))
  expect(segmentOf(key, '1.2.3.4')).not.toEqual(segmentOf(new Uint8Array(32), '1.2.3.4'))
  expect(segmentOf(key, '1.2.3.4').byteLength).toBe(8)
})

test.each([
  ['127.0.0.1', undefined, '/ip4/127.0.0.1/tcp/5180/ws'],
  ['0.0.0.0', undefined, '/ip4/127.0.0.1/tcp/5180/ws'],
  ['127.0.0.1', 'https://rooms.example.org', '/dns/rooms.example.org/tcp/443/tls/ws'],
  ['127.0.0.1', 'http://[fd00::7]:8080', '/ip6/fd00::7/tcp/8080/ws'],
])('a relay on %s known as %s announces %s', (HOST, PUBLIC_URL, expected) => {
  expect(announcedAddresses({ HOST, PUBLIC_URL }, 5180)).toEqual([expected])
})
