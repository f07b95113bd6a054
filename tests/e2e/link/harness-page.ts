/** A page with the parts of a link. */
import { harnessTest } from '../harness-page.ts'
import type { LinkHarness } from './harness.ts'

declare global {
  var parts: LinkHarness
}

export const test = harnessTest({ title: 'link', global: 'parts', sources: { '/harness.js': 'tests/e2e/link/harness.ts' } })
export { expect } from '@playwright/test'
