import { expect, test } from 'vitest'
import { noteDecoded, RESTED, restAfterFailure } from '../../../../../src/core/call/frames/rest-decoder.ts'

test('[FRAME-35] a decoder that breaks again and again rests longer each time, up to 16 s', () => {
  let rest = RESTED
  const rests = Array.from({ length: 9 }, (_, times) => {
    rest = restAfterFailure(rest, 1_000 * times)
    return rest.untilMs - 1_000 * times
  })
  expect(rests).toEqual([0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000])
})

test('[FRAME-35] it is well again when it has decoded for a while, not sooner', () => {
  let rest = restAfterFailure(restAfterFailure(RESTED, 0), 0)
  for (let frame = 0; frame < 59; frame++) rest = noteDecoded(rest)
  expect(restAfterFailure(rest, 0).untilMs).toBe(500)
  expect(noteDecoded(rest)).toEqual(RESTED)
})
