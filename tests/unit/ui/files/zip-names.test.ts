import { expect, test } from 'vitest'
import { zipNames } from '../../../../src/ui/files/zip-names.ts'

const named = (name: string, folder = '') => ({ name, folder })

test('[UI-34] no name leads out of the archive or to a root', () => {
  const files = [
    named('../../etc/passwd'),
    named('/etc/passwd'),
    named('C:\\x.exe'),
    named('..', '../..'),
    named('.', '/abs'),
    named('x', 'a/../../b'),
  ]
  const names = zipNames(files)
  expect(names).toEqual(['.._.._etc_passwd', '_etc_passwd', 'C__x.exe', 'file', 'abs/file', 'a/b/x'])
  for (const name of names) {
    expect(name.startsWith('/')).toBe(false)
    for (const part of name.split('/')) expect(['', '.', '..']).not.toContain(part)
  }
})

test('[UI-34] equal names are numbered, also where only the case differs', () => {
  const files = [
    named('a.txt'),
    named('a.txt'),
    named('A.TXT'),
    named('a (2).txt'),
    named('README'),
    named('readme'),
    named('.env'),
    named('.env'),
  ]
  expect(zipNames(files)).toEqual(['a.txt', 'a (2).txt', 'A (3).TXT', 'a (2) (2).txt', 'README', 'readme (2)', '.env', '.env (2)'])
})

test('[UI-34] a file never takes the name of a folder', () => {
  expect(zipNames([named('trip'), named('a', 'trip')])).toEqual(['trip (2)', 'trip/a'])
})

test('[UI-34] names that mean a device or hide their end are changed', () => {
  const files = [named('NUL'), named('com1.txt'), named('console'), named('dots...'), named('a\u202egpj.exe'), named('a\u0000b')]
  expect(zipNames(files)).toEqual(['_NUL', '_com1.txt', 'console', 'dots', 'agpj.exe', 'ab'])
})

test('[UI-34] the folder that is saved keeps its own name and loses what was above it', () => {
  expect(zipNames([named('a', 'home/trip/day'), named('b', 'home/trip')], 'home/trip')).toEqual(['trip/day/a', 'trip/b'])
})
