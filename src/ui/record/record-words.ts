/** What is said of a recording: who makes it, how long it is, where it lies. */
import { listNames } from '../format/people.ts'

/** Undefined: nobody does it. This person comes first. */
export function recordsLine(names: readonly string[], isMine: boolean): string | undefined {
  return capturedLine(names, isMine, ['records', 'record'], 'this call')
}

export function streamsLine(names: readonly string[], isMine: boolean): string | undefined {
  return capturedLine(names, isMine, ['sends', 'send'], 'this call to a player outside')
}

function capturedLine(
  others: readonly string[],
  isMine: boolean,
  [one, many]: readonly [string, string],
  what: string,
): string | undefined {
  const names = isMine ? ['You', ...others] : others
  if (names.length === 0) return undefined
  return `${listNames(names)} ${names.length === 1 && !isMine ? one : many} ${what}`
}

/** As on a player: 4:05, 1:00:00. */
export function lengthOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return h === 0 ? `${m}:${two(s)}` : `${h}:${two(m)}:${two(s)}`
}
