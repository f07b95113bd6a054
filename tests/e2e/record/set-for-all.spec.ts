/** What a moderator set for all, and what lies on what is watched, is in the picture of a recording as on everybody's screen. */
import type { Show } from '../../../src/ports/asterism.ts'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import type { Device } from '../device.ts'
import { expect, joinRoom, openRoom, seeMembers, test } from '../fixtures.ts'
import { joinCall, seeMoving } from '../meeting/in-call.ts'
import { deviceOf } from '../session/ears.ts'
import { isLike, marked } from './coloured.ts'
import { putFilm, showFilm } from './film.ts'
import { type Look, playFile } from './played.ts'

const COLOURS = {
  red: [192, 32, 32],
  green: [32, 160, 32],
  blue: [32, 32, 192],
  yellow: [200, 200, 0],
  // Behind the words, the film shines through.
  'dark yellow': [76, 76, 0],
} as const
const nameOf = (seen: readonly number[]) => Object.entries(COLOURS).find(([, colour]) => isLike(colour, seen, 45))?.[0] ?? `rgb ${seen}`
const cssOf = (name: keyof typeof COLOURS) => `rgb(${COLOURS[name].join(' ')})`

const setForAll = ({ page }: Device, layout: 'side-by-side' | undefined, spotlight: readonly DeviceId[]) =>
  page.evaluate(
    async ([layout, spotlight]) => {
      const { session } = asterism.room.call
      await session.spotlight(spotlight)
      await session.pushLayout(layout, 'all')
    },
    [layout, spotlight] as const,
  )
const layOn = ({ page }: Device, overlays: Show['overlays']) =>
  page.evaluate(async (overlays) => (await asterism.room.call.tools()).watch.change({ overlays }), overlays)

test('[RECORD-26] [RECORD-27] what is set for all, and what lies on what is watched, is in the picture', async ({ device }) => {
  const people = await Promise.all(
    (['red', 'green', 'blue'] as const).map((colour, n) =>
      device(['Ann', 'Ben', 'Cleo'][n] ?? '', marked({ colour: cssOf(colour), hertz: 0 })),
    ),
  )
  const [ann, ben, cleo] = people as [Device, Device, Device]
  const link = await openRoom(ann)
  const [film] = await Promise.all([putFilm(ann, cssOf('yellow')), joinRoom(ben, link), joinRoom(cleo, link)])
  await Promise.all(people.map((one) => seeMembers(one, 3)))
  await joinCall(ann)
  for (const { page } of [ben, cleo]) await page.evaluate(() => asterism.room.call.setCamera(true))
  await seeMoving(ann, 2)

  const beganMs = await ann.page.evaluate(async () => {
    const { recorder } = await asterism.room.call.tools()
    await recorder.start()
    return recorder.state.kind === 'recording' ? recorder.state.sinceMs : Number.NaN
  })
  const looks: Look[] = []
  const look = async (places: Look['places']) => {
    await ann.page.waitForTimeout(2_000)
    looks.push({ atSeconds: (Date.now() - beganMs) / 1_000, places })
    await ann.page.waitForTimeout(500)
  }
  await setForAll(ann, undefined, [await deviceOf(cleo)])
  await look([
    [512, 360],
    [1152, 288],
    [1152, 432],
  ])
  await setForAll(ann, 'side-by-side', [])
  await look([
    [320, 288],
    [960, 288],
    [640, 648],
  ])
  await setForAll(ann, undefined, [])
  await showFilm(ann, film)
  const bens = await deviceOf(ben)
  await layOn(ann, [
    { kind: 'picture', device: bens, corner: 'top-right' },
    { kind: 'banner', text: 'Tea at three' },
  ])
  await look([
    [512, 360],
    [893, 149],
    [512, 549],
    [1152, 216],
  ])
  await layOn(ann, [{ kind: 'split', device: bens }])
  await look([
    [328, 360],
    [840, 360],
    [512, 520],
  ])
  await ann.page.evaluate(async () => (await asterism.room.call.tools()).recorder.stop())

  const file = await ann.page.evaluate(() => asterism.room.files.list().find(({ name }) => name === 'part 001.webm')?.id)
  expect(file).toBeDefined()
  if (file === undefined) return
  const played = await playFile(ann, file, looks, [])
  expect(played.colours.map((places) => places.map(nameOf))).toEqual([
    ['blue', 'red', 'green'],
    ['red', 'green', 'blue'],
    ['yellow', 'green', 'dark yellow', 'red'],
    ['yellow', 'green', 'yellow'],
  ])
  expect(people.flatMap(({ errors }) => errors)).toEqual([])
})
