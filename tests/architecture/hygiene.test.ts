import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../run-process.ts'
import { findFaults, findUnexplained } from './hygiene.ts'
import { plant } from './sources.ts'

test('no file holds what no file may hold', () => {
  expect(findFaults(ROOT, ROOT)).toEqual([])
})

test.each([
  ['src/ui/Name.svelte', '<p>{@html name}</p>'],
  ['src/ui/Bar.svelte', '<div class="bar" style="width: 3px"></div>'],
  ['src/ui/Later.svelte', `{#await import('./Part.svelte') then { default: Part }}<Part />{/await}`],
  ['index.html', '<script>start()</script>'],
  ['src/tab/mesh/dial.ts', `console.log('here')`],
  ['workers/long.ts', '\n'.repeat(302)],
  ['docs/setup.md', 'Go to /somewhere/on/this/disk/ first.'],
  ['package-lock.json', '"resolved": "https://packages.example/a.tgz"'],
])('a planted fault is found: %s', (file, text) => {
  const found = plant({ [file]: text, 'src/ui/Fine.svelte': '<script lang="ts">let a = 1</script><p style:width={a}></p>' }, (root) =>
    findFaults(root, '/somewhere/on/this/disk'),
  )
  expect(found).toEqual([{ file, fault: expect.any(String) }])
})

test('every bound says why', () => {
  for (const file of ['limits.ts', 'storage-limits.ts', 'relay-limits.ts'])
    expect(findUnexplained(readFileSync(join(ROOT, 'src/protocol', file), 'utf8')), file).toEqual([])
  expect(findUnexplained('/** Why. */\nexport const A_MS = 1\nexport const B_MS = 2\n\nexport const C_MS = 3\n')).toEqual(['C_MS'])
})
