import { expect, test } from 'vitest'
import { type KeyPress, shortcutFor } from '../../../../src/ui/shell/shortcuts.ts'

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  isRepeat: false,
  isChord: false,
  isTyping: false,
  ...change,
})

test('[UI-17] single keys do what their buttons do, in either case', () => {
  expect(['m', 'V', 's', 'f', 'C', '?', 'Escape', 'x'].map((key) => shortcutFor(press(key), true))).toEqual([
    'microphone',
    'camera',
    'screen',
    'files',
    'chat',
    'help',
    'close',
    undefined,
  ])
})

test('[UI-17] they sleep while someone types, under other shortcuts and when a key is held', () => {
  expect(shortcutFor(press('m', { isTyping: true }), true)).toBeUndefined()
  expect(shortcutFor(press('m', { isChord: true }), true)).toBeUndefined()
  expect(shortcutFor(press('m', { isRepeat: true }), true)).toBeUndefined()
})

test('[UI-17] switched off, only Escape is left', () => {
  expect(['m', '?', 'Escape'].map((key) => shortcutFor(press(key), false))).toEqual([undefined, undefined, 'close'])
})
