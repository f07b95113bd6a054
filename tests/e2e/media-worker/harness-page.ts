/** A page with the media worker. */
import { harnessTest } from '../harness-page.ts'
import type { MediaHarness } from './harness.ts'

declare global {
  var media: MediaHarness
}

export const test = harnessTest({
  title: 'media worker',
  global: 'media',
  sources: { '/harness.js': 'tests/e2e/media-worker/harness.ts', '/worker.js': 'workers/media.worker.ts' },
})
export { expect } from '@playwright/test'
