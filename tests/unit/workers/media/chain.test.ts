import { expect, test } from 'vitest'
import { Chain } from '../../../../workers/media/chain.ts'

test('[MEDIAWORKER-13] frames that are being sealed do not overtake each other, also when one fails', async () => {
  const done: (number | string)[] = []
  const chain = new Chain<number>(
    4,
    (n) => done.push(n),
    () => done.push('failed'),
  )
  const later = (n: number, ms: number) => new Promise<number>((resolve) => setTimeout(() => resolve(n), ms))
  chain.add(later(1, 20))
  chain.add(later(2, 1))
  chain.add(Promise.reject(new Error('no')))
  chain.add(later(4, 5))
  expect(chain.isFull).toBe(true)
  await later(0, 40)
  expect(done).toEqual([1, 2, 'failed', 4])
  expect(chain.isFull).toBe(false)
})

test('[MEDIAWORKER-13] what throws when it is handed on holds up nothing', async () => {
  const done: number[] = []
  let failed = 0
  const chain = new Chain<number>(
    2,
    (n) => {
      if (n === 1) throw new Error('no')
      done.push(n)
    },
    () => failed++,
  )
  chain.add(Promise.resolve(1))
  chain.add(Promise.resolve(2))
  await new Promise((resolve) => setTimeout(resolve))
  expect({ done, failed }).toEqual({ done: [2], failed: 1 })
})
