/** A disk that runs full: at whatever byte, a batch is stored whole or not at all, and nothing stored before is lost. */
import { expect, test } from './profile.ts'

const MIB = 1024 * 1024

for (const round of [1, 2, 3]) {
  test(`[STORE-2] a browser's quota exhausted at a random point, round ${round}`, async ({ profile }) => {
    const quotaBytes = Math.floor((6 + 10 * Math.random()) * MIB)
    test.info().annotations.push({ type: 'quota, bytes', description: String(quotaBytes) })
    const page = await profile.open({ quotaBytes })
    const seen = await page.evaluate(async () => {
      const stored: string[] = []
      const refusals: string[] = []
      while (refusals.length < 3 && stored.length < 400) {
        const sizes = Array.from({ length: 1 + Math.floor(6 * Math.random()) }, () => Math.floor(700_000 * Math.random()))
        const done = await storeParts.put(sizes)
        if ('code' in done) refusals.push(done.code)
        else stored.push(...done)
      }
      return { stored, refusals, stock: await storeParts.takeStock() }
    })

    expect(seen.refusals).toEqual(['quota-exceeded', 'quota-exceeded', 'quota-exceeded'])
    expect(seen.stock.read).toEqual([...new Set(seen.stored)].sort())
    expect(seen.stock.usage.keptBytes).toBe(seen.stock.bytes)
    expect(seen.stored.length).toBeGreaterThan(3)
  })
}

test('[STORE-11] marked fragments are given up for what is wanted when the browser has no room left', async ({ profile }) => {
  const page = await profile.open({ quotaBytes: 12 * MIB })
  const seen = await page.evaluate(async () => {
    const { put, store, takeStock } = storeParts
    let spare = 0
    while (!('code' in (await put([1_000_000], { marked: true }))) && spare < 40) spare++
    const before = await store.blocks.usage()
    const kept: string[] = []
    for (let index = 0; index < 5; index++) {
      const done = await put([1_000_000])
      if (!('code' in done)) kept.push(...done)
    }
    const { read } = await takeStock()
    return { spare, before, kept, read, after: await store.blocks.usage() }
  })

  expect(seen.kept).toHaveLength(5)
  for (const id of seen.kept) expect(seen.read).toContain(id)
  expect(seen.after.markedBytes).toBeLessThan(seen.before.markedBytes)
  test.info().annotations.push({ type: 'spare copies', description: `${seen.spare}, ${seen.after.markedBytes / 1_000_000} left` })
})
