import { expect, test } from 'vitest'
import { SharedOnce } from '../../../../src/tab/record/shared-once.ts'

test('[RECORD-20] what two want alike is opened once, and closed after the last of them, however often one lets go', () => {
  const happened: string[] = []
  const shared = new SharedOnce<{ close(): void }>()
  const take = (key: string) =>
    shared.take(key, () => {
      happened.push(`open ${key}`)
      return { close: () => happened.push(`close ${key}`) }
    })
  const [first, second, other] = [take('large'), take('large'), take('small')]
  expect(first.one).toBe(second.one)
  first.letGo()
  first.letGo()
  expect(happened).toEqual(['open large', 'open small'])
  other.letGo()
  second.letGo()
  const again = take('large')
  expect(again.one).not.toBe(first.one)
  expect(happened).toEqual(['open large', 'open small', 'close small', 'close large', 'open large'])
})
