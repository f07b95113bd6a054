import { expect, test } from 'vitest'
import type { Seal } from '../../../../src/ports/asterism.ts'
import { sealPhrase, sealWords, tileDetails } from '../../../../src/ui/format/call-seal.ts'

const call = (...seals: Seal[]) => seals.map((seal) => ({ seal }))
const ALL = { microphone: true, camera: true, screen: false }
const VOICE = { microphone: true, camera: false, screen: false }

test('[UI-45] a call says who can see and hear it, and claims no sealing where no browser seals', () => {
  expect(sealWords([])).toBeUndefined()
  expect(sealWords(call('sealed', 'opening', 'direct'))?.short).toBe('Sealed end to end')
  expect(sealWords(call('direct', 'direct'))?.short).toBe('Encrypted end to end')
})

test('[UI-45] a tile says what is being unlocked, and says direct only among sealed ones', () => {
  expect(sealPhrase('opening', ALL, true)).toBe('Unlocking picture')
  expect(sealPhrase('opening', { ...VOICE, screen: true }, true)).toBe('Unlocking picture')
  expect(sealPhrase('opening', VOICE, true)).toBe('Unlocking voice')
  expect(sealPhrase('opening', { ...VOICE, microphone: false }, true)).toBe('')
  expect([sealPhrase('direct', ALL, true), sealPhrase('direct', ALL, false)]).toEqual(['Direct', ''])
  expect([sealPhrase('sealed', ALL, true), sealPhrase(undefined, ALL, true)]).toEqual(['', ''])
})

test('[UI-46] a tile that is asked names who passes its picture on', () => {
  expect(tileDetails('sealed', 'Kim')).toBe('Sealed end to end. The picture comes through Kim, still sealed.')
  expect(tileDetails('sealed', undefined)).toBe('Sealed end to end.')
  expect(tileDetails(undefined, undefined)).toBe('')
})
