/** A relay that lies, and pages with the parts of a tab to play strangers and liars with. */
import { bundle } from '../bundle.ts'
import { test as base } from '../fixtures.ts'
import type { HostileParts } from './harness.ts'
import { type HostileRelay, openHostileRelay } from './hostile-relay.ts'

export { expect, joinByApi, seeMembers, startByApi } from '../fixtures.ts'
export type { HostileParts } from './harness.ts'
export type { HostileRelay } from './hostile-relay.ts'

declare global {
  /** On `/harness.html` of a hostile relay. */
  var hostileParts: HostileParts
}

export const test = base.extend<{ readonly hostile: HostileRelay }, { readonly script: string }>({
  script: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => use(await bundle('tests/e2e/hostile/harness.ts')),
    { scope: 'worker' },
  ],
  hostile: async ({ script }, use) => {
    const relay = await openHostileRelay({
      '/harness.js': script,
      '/harness.html': '<!doctype html><title>stranger</title><script type="module" src="/harness.js"></script>',
    })
    await use(relay)
    await relay.close()
  },
})
