import { expect, test } from 'vitest'
import { fragmentOf, parseRoute } from '../../../../src/ui/router/route.ts'

const ROOM = `${'A'.repeat(22)}.${'A'.repeat(43)}`

test('[UI-2] screens are told apart by the fragment alone', () => {
  expect(['', '#', '#/', `#/r/${ROOM}`, '#/gallery', '#/gallery/door-alone'].map(parseRoute)).toEqual([
    { kind: 'landing' },
    { kind: 'landing' },
    { kind: 'landing' },
    { kind: 'room', fragment: `#/r/${ROOM}` },
    { kind: 'gallery', scene: '' },
    { kind: 'gallery', scene: 'door-alone' },
  ])
})

test('[UI-1] a link that is cut off, lengthened or of another kind is a bad link', () => {
  const bad = [`#/r/${ROOM.slice(0, -1)}`, `#/r/${ROOM}A`, '#/r/', '#/elsewhere', `#/r/${ROOM}?x`, '#/galleryx']
  expect(bad.map((hash) => parseRoute(hash).kind)).toEqual(bad.map(() => 'bad-link'))
})

test('[UI-1] a pasted link gives its fragment, whatever host it names and whatever space surrounds it', () => {
  const pasted = [`https://else.where/app/#/r/${ROOM}`, `  #/r/${ROOM}\n`, ROOM]
  expect(pasted.map(fragmentOf)).toEqual(pasted.map(() => `#/r/${ROOM}`))
  expect(['', 'hello', `https://else.where/#/r/${ROOM.slice(1)}`].map(fragmentOf)).toEqual([undefined, undefined, undefined])
})
