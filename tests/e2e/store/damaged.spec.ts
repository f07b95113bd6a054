/**
 * Profiles that rotted while the browser was closed. A browser may give back an empty store, a shorter one or files with
 * other bytes, and say nothing: whatever it does, no wrong byte is given out, what is listed can be read, and the
 * generation tells that something was lost.
 */
import { rm } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { cutShort, expect, flipByte, type Profile, sizeOf, test } from './profile.ts'

const SIZES = [1_048_832, 524_416, 262_208, 131_072, 65_536, 30_000]
/** Longer than the store takes to note how far it has come. */
const NOTED_MS = 3_000

type Left = { readonly ids: readonly string[]; readonly generation: string }

/** A store with some blocks, noted, and closed. */
async function leaveStore(profile: Profile, values = 0): Promise<Left> {
  const page = await profile.open()
  const left = await page.evaluate(
    async ({ sizes, values, waitMs }) => {
      for (let index = 0; index < values; index++) await storeParts.store.values.save(`v${index}`, storeParts.randomBytes(50_000))
      for (let round = 0; round < 4; round++) await storeParts.put(sizes)
      await storeParts.put([20_000, 30_000], { shelf: 'manifest' })
      await new Promise((done) => setTimeout(done, waitMs))
      const { listed, usage } = await storeParts.takeStock()
      return { ids: listed, generation: usage.generation }
    },
    { sizes: SIZES, values, waitMs: NOTED_MS },
  )
  await profile.close()
  return left
}

/** Reads everything, so that whatever is wrong is found; then what is listed is what can be read. */
async function findOut(page: Page, before: Left) {
  const seen = await page.evaluate(async () => {
    const first = await storeParts.takeStock()
    const second = await storeParts.takeStock()
    return { first, second }
  })
  const { listed, read, bytes, usage } = seen.second
  expect(read).toEqual(listed)
  expect(usage.keptBytes).toBe(bytes)
  expect(seen.first.read).toEqual(listed)
  for (const id of listed) expect(before.ids).toContain(id)
  return { lost: before.ids.length - listed.length, isNewGeneration: usage.generation !== before.generation }
}

const pick = <T>(items: readonly T[]) => items[Math.floor(Math.random() * items.length)] as T

test('[STORE-1] flipped, shortened and deleted block files: those blocks alone are gone', async ({ profile }) => {
  const left = await leaveStore(profile)
  const blobs = await profile.files('blob')
  expect(blobs.length).toBe(left.ids.length)
  const [flipped, cut, deleted] = [blobs[3], blobs[8], blobs[13]] as [string, string, string]
  await flipByte(flipped, Math.floor(Math.random() * (await sizeOf(flipped))))
  await cutShort(cut, Math.random())
  await rm(deleted)

  expect(await findOut(await profile.open(), left)).toEqual({ lost: 3, isNewGeneration: true })
  await profile.close()
  // Found once, it is not found again.
  const page = await profile.open()
  const again = await page.evaluate(() => storeParts.takeStock())
  await page.reload()
  await page.waitForFunction(() => 'storeParts' in globalThis)
  expect((await page.evaluate(() => storeParts.takeStock())).usage.generation).toBe(again.usage.generation)
})

test('[STORE-12] a log that lost its end, which the browser does not mention, begins a new generation', async ({ profile }) => {
  const left = await leaveStore(profile)
  const logs = await profile.files('log')
  await cutShort(logs.at(-1) as string, 0.7)
  const { lost, isNewGeneration } = await findOut(await profile.open(), left)

  expect(lost).toBeGreaterThan(0)
  expect(isNewGeneration).toBe(true)
})

for (const kind of ['log', 'manifest', 'table'] as const) {
  test(`[STORE-12] a flipped byte in a ${kind} of the database is never a wrong byte of a block, nor a loss untold`, async ({
    profile,
  }) => {
    // A log of more than 4 MiB becomes a table.
    const left = await leaveStore(profile, kind === 'table' ? 120 : 0)
    const files = await profile.files(kind)
    expect(files.length).toBeGreaterThan(0)
    const path = pick(files)
    await flipByte(path, Math.floor(Math.random() * (await sizeOf(path))))
    const { lost, isNewGeneration } = await findOut(await profile.open(), left)

    test.info().annotations.push({ type: `blocks lost to a byte of ${kind}`, description: `${lost} of ${left.ids.length}` })
    expect(isNewGeneration || lost === 0).toBe(true)
  })
}

test('[STORE-12] a profile whose database is gone starts empty and works', async ({ profile }) => {
  const left = await leaveStore(profile)
  for (const kind of ['log', 'manifest', 'table', 'blob'] as const) for (const path of await profile.files(kind)) await rm(path)
  const page = await profile.open()
  expect(await findOut(page, left)).toEqual({ lost: left.ids.length, isNewGeneration: true })

  const stored = await page.evaluate(() => storeParts.put([1_000]))
  expect(stored).toHaveLength(1)
})
