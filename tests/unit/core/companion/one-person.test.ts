import { expect, test } from 'vitest'
import { isLookedAt, nameAmong, personOf } from '../../../../src/core/companion/one-person.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'

const device = (name: string) => name as DeviceId
const one = (name: string, change: { companion?: DeviceId; isSecond?: boolean } = {}) => ({
  device: device(name),
  name,
  companion: undefined,
  isSecond: false,
  ...change,
})
const [ann, phone, ben] = [
  one('Ann', { companion: device('phone') }),
  one('phone', { companion: device('Ann'), isSecond: true }),
  one('Ben'),
]

test('[COMPANION-13] a second device stands under its person, by whose name it is seen; who is alone is a person', () => {
  const all = [ben, phone, ann]
  expect(all.map((each) => personOf(each, all))).toEqual([ben, ann, ann])
  expect(all.map((each) => nameAmong(each, all))).toEqual(['Ben', 'Ann (second device)', 'Ann'])
  expect([personOf(phone, [phone]), nameAmong(phone, [phone])]).toEqual([phone, 'phone'])
})

test('[COMPANION-13] a second device is looked at while it gives something, and everybody else anyway', () => {
  expect([isLookedAt(phone, undefined, false), isLookedAt(phone, undefined, {}), isLookedAt(phone, true)]).toEqual([false, true, true])
  expect([isLookedAt(ann, undefined), isLookedAt(undefined)]).toEqual([true, true])
})
