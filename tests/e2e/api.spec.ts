/** What a script can count on that holds `globalThis.asterism`, and whether docs/api.md is right about it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../run-process.ts'
import { expect, joinByApi, seeMembers, startByApi, test } from './fixtures.ts'

test('[API-1] joining the room one is in gives that room', async ({ device }) => {
  const ann = await device('Ann')
  const link = await startByApi(ann)
  const isSame = await ann.page.evaluate(async (link) => {
    const before = asterism.room
    return (await asterism.join(link, { name: 'Anna' })) === before
  }, link)
  expect([isSame, await ann.page.evaluate(() => asterism.room?.me.name)]).toEqual([true, 'Anna'])
})

test('[API-2] entering another room leaves the first', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const first = await ben.page.evaluateHandle(() => asterism.room)
  await startByApi(ben)
  expect(await first.evaluate((room) => room?.status.left)).toBe(true)
  await ann.page.waitForFunction(() => asterism.room?.members.length === 1, undefined, { timeout: 10_000 })
})

type Example = { readonly who: readonly string[]; readonly code: string; readonly logs: readonly string[] }

/** Of one chapter: what it is marked with, and what stands behind each `console.log`. */
function examplesOf(page: string, chapter: string): readonly Example[] {
  const [, text = ''] = page.split(`\n## ${chapter}\n`)
  const [own = ''] = text.split('\n## ')
  return [...own.matchAll(/```js (.+)\n([\s\S]*?)```/g)].map(([, marks = '', code = '']) => ({
    who: marks.split(' '),
    code,
    logs: [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, said = '']) => said),
  }))
}

test('[API-3] every example of the chapter on meetings does what it says', async ({ device }) => {
  const people = { ann: await device('Ann'), ben: await device('Ben') }
  await joinByApi(people.ben, await startByApi(people.ann))
  await Promise.all([seeMembers(people.ann, 2), seeMembers(people.ben, 2)])
  const examples = examplesOf(await readFile(join(ROOT, 'docs/api.md'), 'utf8'), 'Meetings')
  expect(examples.length).toBeGreaterThan(10)
  for (const { who, code, logs } of examples) {
    for (const name of who) {
      const said = await people[name as keyof typeof people].page.evaluate(`(async () => {
        const said = []
        const console = { log: (...values) => said.push(values.map((value) => JSON.stringify(value) ?? 'undefined').join(' ')) }
        const { room } = asterism
        ${code}
        return said
      })()`)
      expect([name, code, said]).toEqual([name, code, logs])
    }
  }
})
