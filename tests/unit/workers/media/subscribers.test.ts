import { expect, test } from 'vitest'
import type { Hop } from '../../../../workers/media/hop.ts'
import { Subscribers } from '../../../../workers/media/subscribers.ts'

/** Of a hop only its name matters here. */
const hopOf = (id: number) => ({ id }) as Hop

test('[MEDIAWORKER-30] what is asked is told when it is another, not each time that it is said', () => {
  const subscribers = new Subscribers()
  const hop = hopOf(7)
  const [main, thumb] = (['main', 'thumb'] as const).map((layer) => ({ source: 1, layer, maxTemporal: 2 }))
  if (main === undefined || thumb === undefined) throw new Error('no such layer')
  const said = (...wanted: (typeof main)[]) => {
    subscribers.set(hop, wanted, 0)
    return subscribers.foreign(2)?.map(({ layer }) => layer)
  }
  expect([said(main), said(main), said(main, main), said(main, thumb), said(thumb), said()]).toEqual([
    ['main'],
    undefined,
    undefined,
    ['main', 'thumb'],
    ['thumb'],
    [],
  ])
})

test('[MEDIAWORKER-30] a hop that is barred asks for nothing that counts, and for what it asked when it is not barred any more', () => {
  const subscribers = new Subscribers()
  const [barred, other] = [hopOf(7), hopOf(8)]
  const wanted = [{ source: 1, layer: 'main' as const, maxTemporal: 2 }]
  for (const hop of [barred, other]) subscribers.set(hop, wanted, 0)
  expect(subscribers.bar([7])).toEqual([barred])
  expect([subscribers.get(barred), subscribers.get(other)?.wanted]).toEqual([undefined, wanted])
  subscribers.set(barred, wanted, 1)
  expect(subscribers.get(barred)).toBeUndefined()
  subscribers.set(other, [], 1)
  expect(subscribers.foreign(2)).toBeUndefined()
  expect(subscribers.bar([])).toEqual([])
  expect(subscribers.get(barred)?.wanted).toEqual(wanted)
  expect(subscribers.foreign(2)).toEqual([{ source: 1, layer: 'main' }])
})
