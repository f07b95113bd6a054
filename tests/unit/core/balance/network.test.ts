import { expect, test } from 'vitest'
import { natKind, networkPrefix, outerAddress } from '../../../../src/core/balance/network-profile.ts'

test.each([
  ['203.0.113.77', '203.0.113'],
  ['::ffff:203.0.113.77', '203.0.113'],
  ['2001:db8:7:8::1', '2001:db8:7'],
  ['2001:0db8:0007:8:9:a:b:c', '2001:db8:7'],
  ['fe80::1%eth0', 'fe80:0:0'],
  ['64:ff9b::203.0.113.77', '64:ff9b:0'],
  ['::', '0:0:0'],
])('[BALANCE-16] %s is in %s', (address, prefix) => {
  expect(networkPrefix(address)).toBe(prefix)
})

test.each(['', 'c3d9.local', '1.2.3', '256.1.1.1', '1:2:3', '1::2::3', '1:2:3:4:5:6:7:8:9', 'g::1'])(
  '[BALANCE-16] "%s" tells nothing',
  (address) => {
    expect(networkPrefix(address)).toBe('unknown')
  },
)

test('[BALANCE-16] the kind of NAT, from what the browser gathered', () => {
  const host = { type: 'host', protocol: 'udp', address: '192.168.1.5', port: 5000, relatedPort: undefined }
  const hidden = { ...host, address: undefined }
  const outer = { type: 'srflx', protocol: 'udp', address: '203.0.113.9', port: 6000, relatedPort: 5000 }
  expect(natKind([host, outer], 0)).toBe('unknown')
  expect(natKind([host, outer], 1)).toBe('unknown')
  expect(natKind([host, outer, outer], 2)).toBe('same-port')
  expect(natKind([hidden, outer, { ...outer, port: 6001 }], 2)).toBe('new-port')
  expect(natKind([host], 2)).toBe('closed')
  expect(natKind([{ ...host, address: '203.0.113.9' }], 2)).toBe('open')
  expect(natKind([{ ...host, protocol: 'tcp', address: '203.0.113.9' }], 2)).toBe('closed')
  expect([outerAddress([host, outer]), outerAddress([host])]).toEqual(['203.0.113.9', undefined])
})
