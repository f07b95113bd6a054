/** A name for people who have not said theirs: two words from the device's key, the same on every screen. */
import { type DeviceId, deviceKeyBytes } from '../../protocol/ids.ts'
import { CHECK_WORDS } from './check-words.ts'

export function defaultName(device: DeviceId): string {
  const [first = 0, second = 0] = deviceKeyBytes(device)
  return [first, second].map((byte) => capitalized(CHECK_WORDS[byte] as string)).join(' ')
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
