/** A call of three is recorded by who moderates it, by the screen, and played by a member. */
import type { RoomFile } from '../../../src/ports/asterism.ts'
import type { Device } from '../device.ts'
import { expect, joinRoom, openRoom, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall, seeMoving } from '../meeting/in-call.ts'
import { deviceOf } from '../session/ears.ts'
import { marked } from './coloured.ts'
import { putFilm, showFilm } from './film.ts'
import { playFile } from './played.ts'

const RED = [192, 32, 32]
const GREEN = [32, 160, 32]
const BLUE = [32, 32, 192]
const YELLOW = [200, 200, 0]
/** Three people: two and one below. */
const ALIKE = [
  [320, 180],
  [960, 180],
  [640, 540],
] as const
/** What is watched together, and people in a column beside it. */
const BESIDE_FILM = [
  [512, 360],
  [1152, 216],
  [1152, 360],
  [1152, 504],
] as const
const NAMED = { red: RED, green: GREEN, blue: BLUE, yellow: YELLOW }
const nameOf = (colour: readonly number[]) =>
  Object.entries(NAMED).find(([, value]) => value.every((part, at) => Math.abs(part - (colour[at] ?? -99)) < 45))?.[0] ?? `rgb ${colour}`
const cssOf = (colour: readonly number[]) => `rgb(${colour.join(' ')})`

const button = ({ page }: Device, name: string) => page.getByRole('button', { name, exact: true })
const told = ({ page }: Device, text: string) => page.getByRole('status', { name: 'About this call' }).getByText(text)

async function openTool(device: Device): Promise<void> {
  await button(device, 'More').click()
  await device.page.getByRole('button', { name: /^Record this call/ }).click()
}

/** Who comes by the door is in the call already. */
function beSeenAndHeard({ page }: Device): Promise<void> {
  return page.evaluate(async () => {
    await asterism.room.call.setCamera(true)
    await asterism.room.call.setMicrophone(true)
  })
}

function recordings({ page }: Device): Promise<readonly Pick<RoomFile, 'id' | 'name' | 'folder'>[]> {
  return page.evaluate(() => {
    const files = asterism.room.files.list().filter(({ folder }) => folder.startsWith('Recordings/'))
    return files.map(({ id, name, folder }) => ({ id, name, folder }))
  })
}

function readText({ page }: Device, file: RoomFile['id']): Promise<string> {
  return page.evaluate(async (file) => {
    const decoder = new TextDecoder()
    let text = ''
    for await (const bytes of asterism.room.files.get(file)) text += decoder.decode(bytes, { stream: true })
    return text
  }, file)
}

test('[RECORD-12] [RECORD-13] everybody sees who records, and a member plays what was recorded: who was in, what was heard, who spoke', async ({
  device,
}) => {
  const [ann, ben, cleo] = await Promise.all([
    device('Ann', marked({ colour: cssOf(RED), hertz: 0 })),
    device('Ben', marked({ colour: cssOf(GREEN), hertz: 440 })),
    device('Cleo', marked({ colour: cssOf(BLUE), hertz: 1_000 })),
  ])
  const link = await openRoom(ann)
  // Meanwhile, since it takes as long as it lasts.
  const [film] = await Promise.all([putFilm(ann, cssOf(YELLOW)), joinRoom(ben, link)])
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  await joinCall(ann)
  await beSeenAndHeard(ben)
  await seeMoving(ann, 1)

  // The note is there before anything is kept, and for who comes later.
  await openTool(ann)
  await button(ann, 'Record this call').click()
  await expect(told(ben, 'Ann records this call')).toBeVisible()
  expect((await recordings(ben)).length).toBe(0)
  await expect(button(ann, 'Stop recording')).toBeVisible()
  const beganMs = Date.now()
  await joinRoom(cleo, link)
  await expect(told(cleo, 'Ann records this call')).toBeVisible()
  const who = await deviceOf(cleo)
  await ann.page.evaluate((who) => asterism.room.call.session.hush(who, { microphone: true }), who)
  await beSeenAndHeard(cleo)
  await seeMoving(ann, 2)
  await ann.page.waitForTimeout(1_500)
  const filmSeconds = (Date.now() - beganMs) / 1_000
  await showFilm(ann, film)
  await ann.page.waitForTimeout(2_500)
  await button(ann, 'Stop recording').click()
  const seconds = (Date.now() - beganMs) / 1_000
  await expect(button(ann, 'Open the folder')).toBeVisible()
  await expect(told(ben, 'Ann records this call')).toHaveCount(0)

  await expect
    .poll(async () => (await recordings(cleo)).map(({ name }) => name).sort())
    .toEqual(['part 001.webm', 'speakers.json', 'speakers.vtt'])
  const files = await recordings(cleo)
  const idOf = (name: string) => (files.find((one) => one.name === name) as RoomFile).id
  const alike = { atSeconds: filmSeconds - 0.5, places: ALIKE }
  const besideFilm = { atSeconds: seconds - 0.6, places: BESIDE_FILM }
  const played = await playFile(cleo, idOf('part 001.webm'), [alike, besideFilm], [440, 1_000])
  expect([played.width, played.height]).toEqual([1280, 720])
  expect(Math.abs(played.seconds - seconds)).toBeLessThan(0.1 * seconds + 0.5)
  expect(played.colours.map((places) => places.map(nameOf))).toEqual([
    ['red', 'green', 'blue'],
    ['yellow', 'red', 'green', 'blue'],
  ])
  const [bens, cleos] = played.tones
  expect(bens).toBeGreaterThan(0.02)
  expect(cleos).toBeLessThan(0.002)

  const { speakers, pieces, recordedBy } = JSON.parse(await readText(cleo, idOf('speakers.json')))
  expect([recordedBy, pieces.length, new Set(speakers.map(({ name }: { name: string }) => name))]).toEqual(['Ann', 1, new Set(['Ben'])])
  expect(await readText(cleo, idOf('speakers.vtt'))).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> 00:00:\d\d\.\d{3}\nBen\n/)
  expect([...ann.errors, ...ben.errors, ...cleo.errors]).toEqual([])
})

test('[RECORD-14] a member who is no moderator cannot record, and reads who may', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinRoom(ben, await startByApi(ann))
  await seeMembers(ben, 2)
  await joinCall(ben)
  await openTool(ben)
  await expect(ben.page.getByText('The owner of this room and its moderators may record a call.')).toBeVisible()
  await expect(button(ben, 'Record this call')).toHaveCount(0)
  const refused = ben.page.evaluate(async () => {
    const { recorder } = await asterism.room.call.tools()
    return recorder.start().then(
      () => 'started',
      (error: { code?: string }) => error.code,
    )
  })
  expect(await refused).toBe('role-refused')
  expect(await ann.page.evaluate(() => asterism.room.call.session.state.participants.some(({ capture }) => capture.recording))).toBe(false)
})
