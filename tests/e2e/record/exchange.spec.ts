/** A call is recorded in which people take another camera and another microphone: who records, and who is recorded. */
import { CALL_ONLY, type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { joinCall, seeMoving } from '../meeting/in-call.ts'
import { isLike, marked } from './coloured.ts'
import { LOOKS_PER_SECOND, watchPiece } from './watched.ts'

test.use(CALL_ONLY)

const PEOPLE = [
  { name: 'Ann', at: [320, 360], old: { colour: [192, 32, 32], hertz: 440 }, other: { colour: [32, 32, 192], hertz: 700 } },
  { name: 'Ben', at: [960, 360], old: { colour: [32, 160, 32], hertz: 1_000 }, other: { colour: [200, 200, 0], hertz: 1_400 } },
] as const
const AUDIBLE = 0.02
/** Of a recorded colour. */
const NEAR = 45

const markOf = ({ colour, hertz }: { readonly colour: readonly number[]; readonly hertz: number }) => ({
  colour: `rgb(${colour.join(' ')})`,
  hertz,
})

function takeAnother({ page }: Device): Promise<void> {
  return page.evaluate(async () => {
    await asterism.room.call.choose('camera', '1')
    await asterism.room.call.choose('microphone', '1')
  })
}

/** One letter for each tenth of a second: the old device, the other one, both, or neither. */
function spell(olds: readonly boolean[], others: readonly boolean[]): string {
  return olds.map((isOld, n) => (isOld ? (others[n] ? 'x' : 'o') : others[n] ? 'n' : '.')).join('')
}

test('[RECORD-22] who is recorded takes another camera and microphone: their picture stays until the other is there, and nothing of the old ones is left', async ({
  device,
}) => {
  const [ann, ben] = await Promise.all(PEOPLE.map(({ name, old, other }) => device(name, marked(markOf(old), markOf(other)))))
  if (ann === undefined || ben === undefined) throw new Error('nobody came')
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  await joinCall(ann)
  await joinCall(ben)
  await Promise.all([ann, ben].map((one) => seeMoving(one, 1)))
  await ann.page.evaluate(async () => (await asterism.room.call.tools()).recorder.start())
  await ann.page.waitForTimeout(2_500)
  await takeAnother(ann)
  await ann.page.waitForTimeout(1_000)
  await takeAnother(ben)
  await ann.page.waitForTimeout(2_500)
  const piece = await ann.page.evaluate(async () => {
    await (await asterism.room.call.tools()).recorder.stop()
    return asterism.room.files.list().find(({ name }) => name === 'part 001.webm')?.id
  })
  if (piece === undefined) throw new Error('no recording')
  const places = PEOPLE.map(({ at }) => at)
  const { colours, tones } = await watchPiece(
    ann,
    piece,
    places,
    PEOPLE.flatMap(({ old, other }) => [old.hertz, other.hertz]),
  )
  for (const [n, { name, old, other }] of PEOPLE.entries()) {
    const seen = colours[n] ?? []
    const picture = spell(
      seen.map((one) => isLike(old.colour, one, NEAR)),
      seen.map((one) => isLike(other.colour, one, NEAR)),
    )
    // On a busy machine the first picture takes a while to come; from then on there is one.
    expect(picture, `${name}'s picture: ${seen.join(' ')}`).toMatch(/^\.{0,9}o{10,}n{10,}$/)
    const heard = [tones[2 * n] ?? [], tones[2 * n + 1] ?? []].map((loud) => loud.map((one) => one > AUDIBLE))
    const sound = spell(heard[0] ?? [], heard[1] ?? [])
    // What is buffered for a voice on its way may end when the other one begins.
    expect(sound, `${name}'s voice`).toMatch(new RegExp(`^\\.{0,9}o{10,}[.x]{0,${LOOKS_PER_SECOND}}n{10,}\\.{0,2}$`))
  }
})
