import { expect, test } from 'vitest'
import { ROOT } from '../run-process.ts'
import { findViolations } from './imports.ts'
import { plant } from './sources.ts'

test('every import follows the arrows, and every vendor is at home', () => {
  expect(findViolations(ROOT)).toEqual([])
})

test.each([
  ['core knows no adapter', 'src/core/room/step.ts', `import { open } from '../../tab/mesh/open.ts'`],
  ['protocol knows nobody', 'src/protocol/words.ts', `export type { Room } from '../ports/asterism.ts'`],
  ['siblings do not meet', 'src/tab/call/join.ts', `import type { Tile } from '../../ui/call/tile.ts'`],
  ['views know no vendor', 'src/ui/Files.svelte', `<script lang="ts">import * as Y from 'yjs'</script>`],
  ['a lazy import is an import', 'src/ui/open.ts', `const tab = await import('../tab/open.ts')`],
  ['a vendor stays in its folder', 'src/tab/call/pin.ts', `import { CID } from 'multiformats/cid'`],
  ['core asks no clock of Node.js', 'src/core/wait.ts', `import { setTimeout } from 'node:timers/promises'`],
  ['an unknown vendor is a decision', 'src/tab/mesh/x.ts', `import _ from 'lodash'`],
  ['a new top-level folder is one too', 'src/helpers/x.ts', `import { assert } from '../protocol/errors.ts'`],
])('a planted fault is found: %s', (_, file, code) => {
  const found = plant({ [file]: code, 'src/core/fine.ts': `import { assert } from '../protocol/errors.ts'` }, findViolations)
  expect(found).toEqual([{ file, imports: expect.any(String) }])
})
