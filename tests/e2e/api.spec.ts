/** What a script can count on that holds `globalThis.asterism`, and whether docs/api.md is right about it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../run-process.ts'
import { type Device, expect, joinByApi, seeMembers, startByApi, test } from './fixtures.ts'
import { makeFilm } from './watch/film.ts'

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

const CHAPTERS = ['Session', 'Meetings', 'Watching together', 'Chat'] as const

for (const chapter of CHAPTERS) {
  test(`[API-3] every example of the chapter ${chapter} does what it says`, async ({ device }) => {
    const people = { ann: await device('Ann'), ben: await device('Ben') }
    await joinByApi(people.ben, await startByApi(people.ann))
    await Promise.all([seeMembers(people.ann, 2), seeMembers(people.ben, 2)])
    if (chapter === 'Watching together') await giveFilm(people.ann)
    const page = await readFile(join(ROOT, 'docs/api.md'), 'utf8')
    // What waits until something is so is made at the beginning of one chapter.
    const waiting = chapter === 'Meetings' ? [] : examplesOf(page, 'Meetings').slice(0, 1)
    const examples = examplesOf(page, chapter)
    expect(examples.length).toBeGreaterThan(chapter === 'Meetings' ? 10 : 0)
    for (const { who, code, logs } of [...waiting, ...examples]) {
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
}

async function giveFilm({ page }: Device): Promise<void> {
  const film = (await makeFilm(page)).toString('base64')
  await page.evaluate((film) => {
    const bytes = Uint8Array.from(atob(film), (letter) => letter.charCodeAt(0))
    Object.assign(globalThis, { film: new Blob([bytes]) })
  }, film)
}
