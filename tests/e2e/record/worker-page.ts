/** A page with the two workers of a recording. */
import { harnessTest } from '../harness-page.ts'
import type { RecordHarness } from './worker-harness.ts'

declare global {
  var record: RecordHarness
}

export const test = harnessTest({
  title: 'record workers',
  global: 'record',
  sources: {
    '/harness.js': 'tests/e2e/record/worker-harness.ts',
    '/record.js': 'workers/record.worker.ts',
    '/composite.js': 'workers/composite.worker.ts',
  },
})
export { expect } from '@playwright/test'
