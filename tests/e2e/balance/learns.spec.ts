/** What a real call teaches its tabs, and that it is kept where nobody can read it. */
import { expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall, seeMoving } from '../meeting/in-call.ts'
import { sealedBook } from './kept-book.ts'

test('[BALANCE-20] a call of two teaches both, asks the relay what others found, and keeps the book sealed', async ({ device }) => {
  const ann = await device('Ann')
  const ben = await device('Ben')
  const asked: string[] = []
  ann.page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (pathname === '/counters') asked.push(`${response.request().method()} ${response.status()}`)
  })
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  for (const one of [ann, ben]) await seeMembers(one, 2)
  for (const one of [ann, ben]) await joinCall(one)
  for (const one of [ann, ben]) await seeMoving(one, 1)
  for (const one of [ann, ben])
    await expect.poll(async () => (await sealedBook(one))?.length ?? 0, { timeout: 20_000 }).toBeGreaterThan(100)
  expect(asked).toEqual(['GET 200'])
  const kept = (await sealedBook(ann)) ?? []
  const text = String.fromCharCode(...kept)
  for (const word of ['profiles', 'reaches', 'direct', 'channel']) expect(text).not.toContain(word)
})
