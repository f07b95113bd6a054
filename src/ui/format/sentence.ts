/** What went wrong, for people: a failure of ours has its sentence, anything else gets the one that fits the place. */
import { RoomError } from '../../protocol/errors.ts'

export function sentenceOf(error: unknown, otherwise: string): string {
  return error instanceof RoomError ? error.message : otherwise
}
