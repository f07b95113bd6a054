/** By which ways real tabs come to the picture of somebody they have no link to, and what they learn of it. */
import { type Device, expect, joinByApi, joinRoom, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall, readMap, seeMoving } from '../meeting/in-call.ts'
import { withoutLink } from '../meeting/without-link.ts'
import { techniquesOf } from './kept-book.ts'
import { inTheBackground, isFarther, lie, mayLie } from './other-tabs.ts'
import { decisionsOf, joinAgain, SILENT, throughWhom } from './watch-ways.ts'

async function meet([first, ...others]: readonly [Device, ...Device[]]): Promise<string> {
  const link = await startByApi(first)
  for (const other of others) await joinByApi(other, link)
  return link
}

test('[BALANCE-35] who has no link to a picture finds another way within seconds, says why, and begins with what worked', async ({
  device,
}) => {
  test.setTimeout(120_000)
  const ann = await device('Ann', withoutLink('Ann', 'Cleo'))
  const ben = await device('Ben', mayLie)
  const cleo = await device('Cleo', withoutLink('Cleo', 'Ann'))
  const dan = await device('Dan', isFarther)
  const link = await meet([cleo, ben, dan, ann])
  for (const one of [ben, dan]) await seeMembers(one, 4)
  await joinCall(cleo, { microphone: false, camera: true })
  for (const one of [ben, dan, ann]) await joinCall(one, SILENT)
  await seeMoving(ann, 1)
  const proxied = async () => (await techniquesOf(ann))?.proxy
  // The first picture may come before the book is open; what comes is kept to.
  await expect.poll(proxied, { timeout: 20_000 }).toEqual({ tries: 1, successes: 1, rests: false })

  await joinAgain(ann)
  await seeMoving(ann, 1)
  await expect.poll(proxied, { timeout: 20_000 }).toEqual({ tries: 2, successes: 2, rests: false })
  expect(await throughWhom(ann, cleo, [ben, dan])).toBe('Ben')

  await lie(ben)
  await joinAgain(ann)
  await seeMoving(ann, 1)
  // Ben had worked, was asked again, and had his time.
  await expect.poll(proxied, { timeout: 20_000 }).toEqual({ tries: 4, successes: 3, rests: false })
  expect(await throughWhom(ann, cleo, [ben, dan])).toBe('Dan')

  await joinRoom(ann, link)
  await ann.page.waitForFunction(() => asterism.room?.members.filter(({ connection }) => connection === 'here').length >= 2)
  await joinCall(ann, SILENT)
  await seeMoving(ann, 1)
  await expect.poll(() => decisionsOf(ann)).not.toEqual([])
  const [begun] = await decisionsOf(ann)
  expect(begun).toMatch(/^Cleo’s picture(: Dan is asked, who has ways to both; worked 3 of 4 times| comes from Dan)/)
  const sentences = await readMap(ann.page)
  expect(sentences.some((text) => /^Cleo’s picture.*Dan.*who has ways to both/.test(text))).toBe(true)
})

test('[BALANCE-36] a redirect that is broken is left within two tries, and the next visit does without', async ({ device }) => {
  test.setTimeout(120_000)
  const ann = await device('Ann', withoutLink('Ann', 'Cleo'))
  const [ben, eve] = [await device('Ben', mayLie), await device('Eve', mayLie)]
  const cleo = await device('Cleo', withoutLink('Cleo', 'Ann'))
  const dan = await device('Dan', inTheBackground)
  await meet([cleo, ben, eve, dan, ann])
  for (const one of [ben, eve, dan]) await seeMembers(one, 5)
  await lie(ben)
  await lie(eve)
  await joinCall(cleo, { microphone: false, camera: true })
  for (const one of [ben, eve, dan, ann]) await joinCall(one, SILENT)
  await expect.poll(async () => (await techniquesOf(ann))?.redirect, { timeout: 60_000 }).toMatchObject({ successes: 0, rests: true })
  await seeMoving(ann, 1)
  expect(await throughWhom(ann, cleo, [ben, eve, dan])).toBe('Dan')
  const learned = await techniquesOf(ann)
  expect(learned?.redirect?.tries).toBeLessThanOrEqual(2)
  expect(learned?.proxy?.successes).toBeGreaterThan(0)
  const decisions = await decisionsOf(ann)
  expect(decisions.some((text) => /^pictures are passed on by .*(Ben|Eve)/.test(text))).toBe(true)
  expect(decisions.some((text) => /^Cleo’s picture: (Ben|Eve) is asked, who passes on for this call/.test(text))).toBe(true)

  const before = decisions.length
  await joinAgain(ann)
  await seeMoving(ann, 1)
  expect(await throughWhom(ann, cleo, [ben, eve, dan])).toBe('Dan')
  const later = (await decisionsOf(ann)).slice(before)
  expect(later.filter((text) => text.includes('who passes on for this call'))).toEqual([])
  expect((await techniquesOf(ann))?.redirect?.tries).toBe(learned?.redirect?.tries)
})
