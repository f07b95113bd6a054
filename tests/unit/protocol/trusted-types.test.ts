import { expect, test } from 'vitest'
import { isOwnScript } from '../../../src/protocol/trusted-types.ts'

const PAGE = 'https://rooms.example.org'

test.each([
  ['/sw.js', true],
  ['/sw.js?v=2', true],
  ['/assets/import.worker-1a2b3c4d.js', true],
  ['/assets/../_room/x/evil.js', false],
  ['/assets/%2e%2e/_room/evil.js', false],
  ['/assets/x/y.js', false],
  ['/assets/picture.svg', false],
  ['/_room/x/y', false],
  ['/', false],
  ['//evil.example/sw.js', false],
  ['https://rooms.example.org.evil.example/sw.js', false],
  ['data:text/javascript,0', false],
  ['blob:https://rooms.example.org/5d1e', false],
])('[RELAY-27] a worker at %s: %s', (address, expected) => {
  expect(isOwnScript(new URL(address, PAGE), PAGE)).toBe(expected)
})
