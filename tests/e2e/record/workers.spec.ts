/** What comes out of the two workers of a recording, for pictures and sounds that are known to the millisecond. */
import { isLike } from './coloured.ts'
import type { Piece } from './worker-harness.ts'
import { expect, test } from './worker-page.ts'

const FPS = 15
const SOUND_MS = 20

const timesOf = (pieces: readonly Piece[], kind: 'pictures' | 'sounds') =>
  pieces.flatMap((piece) => piece[kind].map((atMs) => piece.fromMs + atMs))
const steps = (times: readonly number[]) => times.slice(1).map((atMs, n) => atMs - (times[n] as number))

test('[RECORD-18] pieces that follow each other each play alone, no picture is lost between them, and the sound goes on', async ({
  harness,
}) => {
  const pieces = await harness.evaluate((fps) => record.recordFrames(5 * fps, fps, 2_000), FPS)
  expect(pieces.map(({ pictures }) => pictures.length)).toEqual([30, 30, 15])
  expect(pieces.map(({ pictures, beginsWithKey, codecs }) => [Math.round(pictures[0] ?? -1) < 40, beginsWithKey, ...codecs])).toEqual(
    Array(3).fill([true, true, 'vp9', 'opus']),
  )
  for (const { pictures, sounds } of pieces) expect(Math.min(pictures[0] ?? -1, sounds[0] ?? -1)).toBe(0)
  // One after the other over both cuts.
  for (const step of steps(timesOf(pieces, 'pictures'))) expect(Math.abs(step - 1_000 / FPS)).toBeLessThan(2)
  const sounds = timesOf(pieces, 'sounds')
  for (const step of steps(sounds)) expect(Math.abs(step - SOUND_MS)).toBeLessThan(2)
  expect(sounds.length).toBeGreaterThanOrEqual(5_000 / SOUND_MS)
  // Each alone, in a player: as long as it says, its last picture too, and all of its sound. The two tracks may begin apart:
  // each counts from when its first one came, and on a busy machine they do not come at once.
  const [red, blue] = [0, 2]
  expect(pieces.map(({ lastColour }) => lastColour.indexOf(Math.max(...lastColour)))).toEqual([blue, blue, red])
  for (const { fromMs, toMs, seconds, sounds, soundSeconds } of pieces) {
    expect(Math.abs(seconds - (toMs - fromMs) / 1_000)).toBeLessThan(0.1)
    expect(Math.abs(soundSeconds - (sounds.length * SOUND_MS) / 1_000)).toBeLessThan(0.05)
  }
})

test('[RECORD-16] whatever form a picture has, it is drawn in its colours, and a name where there is none', async ({ harness }) => {
  const shown = [
    { form: 'I420', colour: [192, 32, 32] },
    { form: 'NV12', colour: [32, 160, 32] },
    { form: 'RGBX', colour: [32, 32, 192] },
    { form: 'canvas', colour: [200, 200, 0] },
    undefined,
  ] as const
  const seen = await harness.evaluate((shown) => {
    const tiles = shown.map((frame, n) => ({
      tab: `${n}` as never,
      view: 'camera' as const,
      name: 'Ann',
      hasPicture: frame !== undefined,
      isSpeaking: frame === undefined,
      x: 200 * n + 1,
      y: 101,
      width: 199,
      height: 201,
      source: frame === undefined ? '' : `source ${n}`,
      frame,
    }))
    const middles = tiles.map(({ x, y }) => [x + 100, y + 60] as const)
    // Where the frame of who speaks is, and where nobody stands.
    return record.compose(tiles as never, [...middles, [802, 200], [1_100, 600]])
  }, shown)
  const wanted = [...shown.slice(0, 4).map((one) => one?.colour ?? []), [0x26, 0x2a, 0x31], [0x7c, 0xc4, 0xa1], [0x17, 0x19, 0x1d]]
  for (const [n, colour] of wanted.entries())
    for (const part of [0, 1, 2]) expect(Math.abs((seen[n]?.[part] ?? -99) - (colour[part] ?? 0)), `${n}: ${seen[n]}`).toBeLessThan(10)
})

test('[RECORD-22] the last picture stays until the other camera gives its first', async ({ harness }) => {
  const [red, blue] = [
    [192, 32, 32],
    [32, 32, 192],
  ] as const
  const seen = await harness.evaluate(
    ([red, blue]) => {
      const place = { x: 0, y: 0, width: 320, height: 180 }
      const tile = {
        tab: 'tab' as never,
        view: 'camera',
        name: 'Ann',
        hasPicture: true,
        isSpeaking: false,
        source: 'ann',
        ...place,
      } as const
      return record.exchange(tile, { form: 'I420', colour: red }, { form: 'I420', colour: blue })
    },
    [red, blue] as const,
  )
  const read = seen.map((one) => (isLike(red, one, 10) ? 'red' : isLike(blue, one, 10) ? 'blue' : `${one}`)).join(' ')
  // At once, or with the picture after it.
  expect(read).toMatch(/^red red (red )?(blue ?){1,2}$/)
})
