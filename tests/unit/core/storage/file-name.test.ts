import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanFileName, cleanFolder } from '../../../../src/core/storage/file-name.ts'
import { FILE_NAME_CHARS } from '../../../../src/protocol/limits.ts'

test.each([
  ['holiday.jpg', 'holiday.jpg'],
  ['invoice\u202egpj.exe', 'invoicegpj.exe'],
  ['\u200fשלום\u200e.txt', 'שלום.txt'],
  ['../../etc/passwd', '.._.._etc_passwd'],
  ['C:\\boot.ini', 'C__boot.ini'],
  ['<img src=x onerror=alert(1)>.png', '_img src=x onerror=alert(1)_.png'],
  ['a\r\nb\u0000.txt', 'ab.txt'],
  ['  \u2066 \u2069 ', 'file'],
  ['..', 'file'],
  ['\ud800lone.txt', 'lone.txt'],
])('[STORAGE-1] a name shows nothing hidden and names no folder: %j', (name, clean) => {
  expect(cleanFileName(name)).toBe(clean)
})

test('[STORAGE-1] 300 letters are cut before the extension', () => {
  const name = cleanFileName(`${'ü'.repeat(300)}.tar.gz`)
  expect([...name]).toHaveLength(FILE_NAME_CHARS)
  expect(name.endsWith('ü.gz')).toBe(true)
})

test('[STORAGE-1] letters outside the first plane are not cut in half', () => {
  expect(cleanFileName('🌌'.repeat(300))).toBe('🌌'.repeat(FILE_NAME_CHARS))
})

test('[STORAGE-1] a clean name stays as it is, whatever it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => cleanFileName(cleanFileName(name)) === cleanFileName(name)),
  )
})

test.each([
  ['notes/2026', 'notes/2026'],
  ['/../../etc//passwd/', 'etc/passwd'],
  ['a\\b\u202e', 'a/b'],
  ['', ''],
])('[STORAGE-1] a folder is a label of clean names: %j', (folder, clean) => {
  expect(cleanFolder(folder)).toBe(clean)
  expect(cleanFolder(clean)).toBe(clean)
})
