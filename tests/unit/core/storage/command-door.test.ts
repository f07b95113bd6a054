import { expect, test } from 'vitest'
import { DOOR_START, type DoorState, doorStep } from '../../../../src/core/storage/command-door.ts'
import type { Refused } from '../../../../src/protocol/frame.ts'
import { COMMANDS_PER_SECOND, UNKNOWN_FRAMES } from '../../../../src/protocol/limits.ts'

function knock(times: number, refused: Refused | undefined, everyMs: number) {
  let door: DoorState = DOOR_START
  let cut: string | undefined
  for (let i = 0; i < times && cut === undefined; i++) ({ next: door, cut } = doorStep(door, i * everyMs, refused))
  return cut
}

test('[TRANSFER-10] a few unknown commands are heard and passed over, a stream of them ends the link', () => {
  expect(knock(UNKNOWN_FRAMES, 'frame-unknown', 100)).toBeUndefined()
  expect(knock(UNKNOWN_FRAMES + 1, 'frame-unknown', 100)).toBe('frame-unknown')
})

test('[TRANSFER-10] too many commands in one second end the link, the same over two do not', () => {
  expect(knock(COMMANDS_PER_SECOND + 1, undefined, 0)).toBe('flooded')
  expect(knock(COMMANDS_PER_SECOND + 1, undefined, 4)).toBeUndefined()
})

test('[TRANSFER-10] a command that cannot be read, or is too large, ends the link at once', () => {
  expect(knock(1, 'frame-malformed', 0)).toBe('frame-malformed')
  expect(knock(1, 'frame-too-large', 0)).toBe('frame-too-large')
})
