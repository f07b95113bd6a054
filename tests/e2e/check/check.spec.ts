/** The check of a device in a real page: before a call, and in one that goes on meanwhile. */
import { AxeBuilder } from '@axe-core/playwright'
import { expect, joinByApi, openRoom, seeMembers, test } from '../fixtures.ts'
import { joinCall } from '../meeting/in-call.ts'

const ADDRESS = /\b\d{1,3}(\.\d{1,3}){3}\b|([\da-f]{0,4}:){3,}|\.local\b|https?:/i

test('[CHECK-5] all parts answer, before a call and in one that goes on, and the report has no address in it', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const { page } = ann
  const link = await openRoom(ann)
  // Before a call, under one's name.
  await page.getByRole('button', { name: 'You: Ann' }).click()
  await page.getByRole('button', { name: 'Check this device' }).click()
  const dialog = page.getByRole('dialog', { name: 'Check this device' })
  await expect(dialog.getByText('Measured when a call begins.')).toBeVisible()
  await page.keyboard.press('Escape')

  await joinByApi(ben, link)
  await seeMembers(ann, 2)
  for (const one of [ann, ben]) await joinCall(one, { microphone: true, camera: false })
  await expect.poll(() => page.evaluate(() => asterism.room.call.stats?.packetsPerSecond)).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('button', { name: 'Check this device' }).click()
  await expect(dialog.getByText('The way to Ben')).toBeVisible()
  await expect(dialog.getByText(/^Straight, \d+ ms there and back/)).toBeVisible()
  await expect(dialog.getByText(/Something was heard/)).toBeVisible()
  await expect(dialog.getByText('What was sealed here left and came in again as it should.')).toBeVisible()
  await expect(dialog.getByText(/did not answer in time/)).toHaveCount(0)
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])

  const { lines, report, secrets } = await page.evaluate(async () => {
    const { lines, report } = await (await asterism.room.call.tools()).check()
    const { members, link, id, words } = asterism.room
    return { lines, report, secrets: [link, id, ...words, ...members.flatMap(({ tab, device, name }) => [tab, device, name])] }
  })
  expect(new Set(lines.map(({ group }) => group)).size).toBe(6)
  expect(report).toContain('Person 1: Straight')
  expect(report).not.toMatch(ADDRESS)
  // Words of rooms are everyday words; between others they tell nothing.
  for (const secret of secrets.filter((one) => one.length > 8)) expect(report).not.toContain(secret)
  expect(report).not.toMatch(/\b(Ann|Ben)\b/)
  expect(await page.evaluate(() => asterism.room.call.state)).toBe('in')
  expect(ann.errors).toEqual([])
})
