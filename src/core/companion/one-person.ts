/** Two devices of one person among those in a call: whom the second stands under, by what name it is seen, and whether it is seen at all. */
import type { DeviceId } from '../../protocol/ids.ts'

type Standing = {
  readonly device: DeviceId
  readonly name: string
  readonly companion: DeviceId | undefined
  readonly isSecond: boolean
}

/** The device that stands for the person. */
export function personOf<T extends Standing>(one: T, people: readonly T[]): T {
  return (one.isSecond ? people.find(({ device }) => device === one.companion) : undefined) ?? one
}

export function nameAmong(one: Standing, people: readonly Standing[]): string {
  const person = personOf(one, people)
  return person === one ? one.name : `${person.name} (second device)`
}

/** A second device that shows nothing and says nothing is no one to look at. */
export function isLookedAt(one: Pick<Standing, 'isSecond'> | undefined, ...gives: readonly unknown[]): boolean {
  return one?.isSecond !== true || gives.some(Boolean)
}
