/** An invitation that names whom to ask, followed by a real tab. */
import { homeMark, withHomes } from '../../../src/protocol/room-link.ts'
import { expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall, seeMoving, tabOf } from '../meeting/in-call.ts'
import { withoutLink } from '../meeting/without-link.ts'
import { trusts } from './other-tabs.ts'
import { SILENT } from './watch-ways.ts'

test('[BALANCE-44] who comes by an invitation asks whom it names, and says so', async ({ device }) => {
  const cleo = await device('Cleo', withoutLink('Cleo', 'Ann'))
  const [ben, dan] = [await device('Ben'), await device('Dan')]
  const ann = await device('Ann', async (context) => {
    await withoutLink('Ann', 'Cleo')(context)
    await trusts('link-hint')(context)
  })
  const link = await startByApi(cleo)
  for (const other of [ben, dan]) await joinByApi(other, link)
  await seeMembers(cleo, 3)
  await joinCall(cleo, { microphone: false, camera: true })
  for (const one of [ben, dan]) await joinCall(one, SILENT)

  const home = await dan.page.evaluate(() => asterism.room.me.device)
  // The second is of somebody who is not here.
  await joinByApi(ann, withHomes(link, [homeMark(home), 0xabad1dea]))
  await ann.page.waitForFunction(() => asterism.room.members.filter(({ connection }) => connection === 'here').length >= 2)
  await joinCall(ann, SILENT)
  await seeMoving(ann, 1)
  // The first picture may come before the book is open, and what comes is kept to.
  await ann.page.evaluate(() => asterism.room.call.leave())
  await ann.page.waitForTimeout(500)
  await joinCall(ann, SILENT)
  const [tabOfDan, tabOfCleo] = [await tabOf(dan), await tabOf(cleo)]
  const said = () =>
    ann.page.evaluate(
      ([dan, cleo]) => (asterism.room.call.stats?.decisions ?? []).map(({ why }) => why.replaceAll(dan, 'Dan').replaceAll(cleo, 'Cleo')),
      [tabOfDan, tabOfCleo] as const,
    )
  const all = async () => (await said()).join('\n')
  await expect.poll(all).toMatch(/Cleo’s picture: Dan is asked, whom the link names/)
  await expect.poll(all).toMatch(/Cleo’s picture comes from Dan, whom the link names/)
})
