/** What is written in a side room, by the screens of those who write and by what comes to somebody who is elsewhere. */
import { CALL_ONLY, type Device, expect, joinByApi, joinRoom, openRoom, seeMembers, test } from '../fixtures.ts'
import { joinCall } from '../meeting/in-call.ts'
import { deviceOf } from './ears.ts'

test.use(CALL_ONLY)

const read = ({ page }: Device) => page.evaluate(() => asterism.room.chat.messages.map(({ text }) => text))

async function openChat({ page }: Device): Promise<void> {
  await page.getByRole('button', { name: /^Chat/ }).click()
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible()
}

async function write({ page }: Device, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
}

test('[CHAT-10] of two in a side room somebody in the main room reads nothing, nor does who comes into it later', async ({ device }) => {
  const [ann, ben, cleo] = [await device('Ann'), await device('Ben'), await device('Cleo')]
  const link = await openRoom(ann)
  await joinRoom(ben, link)
  await joinByApi(cleo, link)
  await Promise.all([ann, ben, cleo].map((one) => seeMembers(one, 3)))
  for (const one of [ann, ben, cleo]) await joinCall(one, { microphone: true, camera: false })
  const [who, also, later] = [await deviceOf(ann), await deviceOf(ben), await deviceOf(cleo)]
  await ann.page.evaluate(
    async (both) => {
      const { session } = asterism.room.call
      await session.setSubRooms([{ id: 'beds', name: 'Beds' }], { peopleMove: true })
      await session.place(both, 'beds')
    },
    [who, also],
  )

  await Promise.all([ann, ben].map(openChat))
  await expect(ben.page.getByPlaceholder('Write to Beds')).toBeVisible()
  await expect(ben.page.getByText('Only Ann reads this')).toBeVisible()
  await write(ben, 'ten beds, Ann?')
  await expect(ann.page.getByText('ten beds, Ann?')).toBeVisible()
  await expect(ann.page.getByText('only in Beds')).toBeVisible()
  await write(ann, 'twelve')
  await expect(ben.page.getByText('twelve')).toBeVisible()

  await ann.page.getByRole('button', { name: 'Whole room' }).click()
  await expect(ann.page.getByPlaceholder('Write to everybody')).toBeVisible()
  await write(ann, 'tea is ready')
  await expect.poll(() => read(cleo)).toEqual(['tea is ready'])

  await ann.page.evaluate((later) => asterism.room.call.session.place([later], 'beds'), later)
  await expect.poll(() => ben.page.evaluate(() => asterism.room.chat.audience.names)).toEqual(['Ann', 'Cleo'])
  await write(ben, 'now with Cleo')
  await expect.poll(() => read(cleo)).toEqual(['tea is ready', 'now with Cleo'])
  expect(await read(ann)).toEqual(['ten beds, Ann?', 'twelve', 'tea is ready', 'now with Cleo'])
  expect([...ann.errors, ...ben.errors, ...cleo.errors]).toEqual([])
})

test('[CHAT-11] the chat opens at the newest and stays there while more comes, unless its reader went up to read', async ({
  page,
  relay,
}) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(`${relay.origin}/#/gallery/chat-side-room`)
  const newest = page.locator('[role=log] article').last()
  await expect(newest).toContainText('I can hear you alone')
  await expect(newest).toBeInViewport({ ratio: 1 })
  await page.getByRole('textbox', { name: 'Message' }).fill('Line upon line.\n'.repeat(6))
  await expect(newest).toBeInViewport({ ratio: 1 })

  await page.getByRole('log', { name: 'Messages' }).hover()
  await page.mouse.wheel(0, -2_000)
  const first = page.locator('[role=log] article').first()
  await expect(first).toBeInViewport()
  await page.getByRole('textbox', { name: 'Message' }).fill('Short.')
  await expect(first).toBeInViewport()
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
  await expect(newest).toContainText('Short.')
  await expect(newest).toBeInViewport({ ratio: 1 })
})
