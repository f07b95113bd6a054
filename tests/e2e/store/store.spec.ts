/** The store in a real browser: service worker, IndexedDB and files on a disk. */
import { expect, test } from './profile.ts'

const MIB = 1024 * 1024

test('[STORE-3] what was stored is there after the browser was closed, exactly, and the generation is the same', async ({ profile }) => {
  const sizes = [MIB + 256, MIB + 256, 100_000, 3, 0]
  const before = await (await profile.open()).evaluate(async (sizes) => {
    const { put, store, takeStock } = storeParts
    await store.values.save('note', new TextEncoder().encode('kept'))
    const fragments = await put(sizes)
    await put([5_000], { shelf: 'manifest' })
    await put([200_000], { marked: true })
    return { fragments, stock: await takeStock() }
  }, sizes)
  await profile.close()
  const after = await (await profile.open()).evaluate(async () => {
    const { store, takeStock } = storeParts
    return { status: store.status, stock: await takeStock(), note: new TextDecoder().decode(await store.values.load('note')) }
  })

  expect(after.stock.read).toEqual(before.stock.listed)
  expect(after.stock.usage).toMatchObject({ keptBytes: 2 * (MIB + 256) + 305_003, markedBytes: 200_000 })
  expect(after.stock.usage.generation).toBe(before.stock.usage.generation)
  expect([after.note, after.status]).not.toContain('memory-only')
})

test('[STORE-7] two tabs that write at once never exceed what the owner allows', async ({ profile }) => {
  const one = await profile.open()
  const two = await profile.newTab()
  const quotaBytes = 8 * MIB
  await one.evaluate((bytes) => storeParts.store.blocks.setOwnerQuota(bytes), quotaBytes)
  const fill = () => {
    const { put, store } = storeParts
    const results: { stored: number; refused: number; mostBytes: number } = { stored: 0, refused: 0, mostBytes: 0 }
    const round = async (index: number): Promise<void> => {
      const sizes = Array.from({ length: 1 + (index % 4) }, () => 100_000 + Math.floor(Math.random() * 400_000))
      const done = await put(sizes, { marked: index % 5 === 0 })
      if (!('code' in done)) results.stored++
      else if (done.code === 'quota-exceeded') results.refused++
      else throw new Error(done.code)
      results.mostBytes = Math.max(results.mostBytes, (await store.blocks.usage()).keptBytes)
    }
    return Promise.all(Array.from({ length: 12 }, (_, index) => round(index))).then(() => results)
  }
  const [ann, ben] = await Promise.all([one.evaluate(fill), two.evaluate(fill)])
  const { listed, read, bytes, usage } = await one.evaluate(() => storeParts.takeStock())

  expect(Math.max(ann.mostBytes, ben.mostBytes)).toBeLessThanOrEqual(quotaBytes)
  expect(ann.refused + ben.refused).toBeGreaterThan(0)
  expect(usage.keptBytes).toBe(bytes)
  expect(read).toEqual(listed)
})

test('[STORE-17] a file opens at its address, in parts too, with what the browser kept while it was closed', async ({ profile }) => {
  const page = await profile.open()
  const { url, hash } = await page.evaluate(async () => {
    const data = storeParts.randomBytes(5 * 1024 * 1024 + 77)
    const { url } = await storeParts.addFile(data, 'film.txt', { k: 4, rows: 6 })
    return { url, hash: new Uint8Array(await crypto.subtle.digest('SHA-256', data)).toHex() }
  })
  await profile.close()
  const tab = await profile.open()
  const seen = await tab.evaluate(async (url) => {
    const whole = await (await fetch(url)).arrayBuffer()
    const beganMs = performance.now()
    const part = await fetch(url, { headers: { range: 'bytes=3000000-3065535' } })
    const bytes = await part.arrayBuffer()
    return {
      hash: new Uint8Array(await crypto.subtle.digest('SHA-256', whole)).toHex(),
      isEqual: new Uint8Array(bytes).every((byte, index) => byte === new Uint8Array(whole)[3_000_000 + index]),
      range: part.headers.get('content-range'),
      seekMs: performance.now() - beganMs,
    }
  }, url)

  expect(seen.hash).toBe(hash)
  expect([seen.isEqual, seen.range]).toEqual([true, `bytes 3000000-3065535/${5 * MIB + 77}`])
  test.info().annotations.push({ type: 'seek of 64 KiB, ms', description: seen.seekMs.toFixed(0) })
})
