import { expect, test } from 'vitest'
import { ROOT } from '../run-process.ts'
import { readRules } from './rules.ts'
import { plant } from './sources.ts'

const compare = (root: string) => {
  const { written, cited, scattered } = readRules(root)
  return {
    untested: written.filter((id) => !cited.has(id)),
    unwritten: [...cited].filter((id) => !written.includes(id)),
    twice: written.filter((id, index) => written.indexOf(id) !== index),
    scattered,
  }
}

test('every rule has a test, and every test cites a rule that is written', () => {
  expect(compare(ROOT)).toEqual({ untested: [], unwritten: [], twice: [], scattered: [] })
})

test('planted faults are found: untested, unwritten, written twice, scattered over files, cited only in a comment or a skipped test', () => {
  const found = plant(
    {
      'docs/rules/call.md': '- **CALL-2** At home.\n',
      'docs/rules/lease.md': '**LEASE-1** One.\n**LEASE-2** Two.\n**LEASE-2** Two again.\n**CALL-1** Strayed.\n**LEASE-4** Skipped.\n',
      'tests/unit/lease.test.ts': `
        // test('[LEASE-2] only said')
        test('[LEASE-1] one', () => {})
        test.skip('[LEASE-4] later', () => {})
        test.each([1])('[LEASE-3] [CALL-1] [CALL-2] %s', () => {})`,
    },
    compare,
  )
  expect(found).toEqual({ untested: ['LEASE-2', 'LEASE-2', 'LEASE-4'], unwritten: ['LEASE-3'], twice: ['LEASE-2'], scattered: ['CALL'] })
})
