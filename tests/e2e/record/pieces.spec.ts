/** Recordings of more than one piece: each plays by itself, nothing is lost between them, and what becomes of them when their tab dies. */

import { waitForHeld } from '../files.ts'
import { type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall } from '../meeting/in-call.ts'
import { marked } from './coloured.ts'
import { FILM_MS, putFilm, showFilm } from './film.ts'
import { playFile } from './played.ts'

const PIECE_MS = 2_000

type Kept = { readonly id: string; readonly name: string }

/** Pieces that the room knows on this device, in their order. */
function pieces({ page }: Device): Promise<readonly Kept[]> {
  return page.evaluate(() => {
    const files = asterism.room.files.list().filter(({ folder, type }) => folder.startsWith('Recordings/') && type === 'video/webm')
    return files.map(({ id, name }) => ({ id, name })).sort((a, b) => (a.name < b.name ? -1 : 1))
  })
}

function record({ page }: Device): Promise<void> {
  return page.evaluate(async (pieceMs) => {
    const { recorder } = await asterism.room.call.tools()
    await recorder.start({ pieceMs })
  }, PIECE_MS)
}

function whoRecords({ page }: Device): Promise<readonly string[]> {
  return page.evaluate(() =>
    asterism.room.call.session.state.participants.filter(({ capture }) => capture.recording).map(({ name }) => name),
  )
}

test('[RECORD-19] when the tab that records dies, its pieces stay files of the room, and nobody is said to record', async ({ device }) => {
  const ann = await device('Ann', marked({ colour: 'rgb(192 32 32)', hertz: 440 }))
  const ben = await device('Ben')
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  await joinCall(ann)
  await joinCall(ben, { microphone: false, camera: false })
  await record(ann)
  await expect.poll(() => whoRecords(ben)).toEqual(['Ann'])
  await expect.poll(async () => (await pieces(ben)).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(2)
  const known = await pieces(ben)
  for (const { id } of known) await waitForHeld(ben, id)

  const session = await ann.context.newCDPSession(ann.page)
  session.send('Page.crash').catch(() => {})
  await expect.poll(() => whoRecords(ben), { timeout: 30_000 }).toEqual([])
  expect((await pieces(ben)).map(({ name }) => name).slice(0, known.length)).toEqual(known.map(({ name }) => name))
  for (const { id } of known) {
    const { seconds, colours, tones } = await playFile(ben, id as never, [{ atSeconds: 1, places: [[400, 360]] }], [440])
    expect(Math.abs(seconds - PIECE_MS / 1_000)).toBeLessThan(1)
    expect(colours[0]?.[0]?.[0]).toBeGreaterThan(140)
    expect(tones[0]).toBeGreaterThan(0.05)
  }
})

test.describe('where the browser keeps nothing for the page', () => {
  test.use({ serviceWorkers: 'block' })

  const PLACES = [
    [512, 360],
    [1_152, 360],
  ] as const

  /** Of a piece, a second after its beginning: what is watched, and the face beside it. */
  async function look(by: Device, id: string): Promise<readonly (readonly boolean[])[]> {
    const { colours } = await playFile(by, id as never, [{ atSeconds: 1, places: PLACES }], [])
    return (colours[0] ?? []).map((colour) => colour.map((part) => part > 120))
  }

  for (const [when, waitMs] of [
    ['while it runs', 0],
    ['just before its end', FILM_MS - 400],
    ['after its end', FILM_MS + 2_000],
  ] as const) {
    test(`[RECORD-17] a film that is watched from memory is in the picture of a recording begun ${when}`, async ({ device }) => {
      const ann = await device('Ann', marked({ colour: 'rgb(192 32 32)', hertz: 0 }))
      await startByApi(ann)
      await joinCall(ann)
      const film = await putFilm(ann, 'rgb(200 200 0)')
      await ann.page.evaluate(async () => void (await asterism.room.call.tools()))
      await showFilm(ann, film)
      await ann.page.waitForTimeout(waitMs)
      await record(ann)
      await expect.poll(async () => (await pieces(ann)).length, { timeout: 30_000 }).toBeGreaterThan(1)
      await ann.page.evaluate(async () => (await asterism.room.call.tools()).recorder.stop())
      // On a busy machine the film takes a while to come into the picture: not the first.
      const { id } = (await pieces(ann))[1] as Kept
      expect(await look(ann, id)).toEqual([
        [true, true, false],
        [true, false, false],
      ])
    })
  }
})
