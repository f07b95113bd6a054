import { expect, test } from 'vitest'
import type { RoomFile } from '../../../../src/ports/asterism.ts'
import { file } from '../../../../src/ui/gallery/fixtures/files.ts'
import { agendaText, lookOf, parseAgenda } from '../../../../src/ui/meeting/welcome.ts'

test('[UI-62] an agenda is written line by line; a line without a time keeps its words', () => {
  const agenda = parseAgenda('18:00 Arriving\n\n  6pm Tea \n18.40 Beds\nand then home\n7 dwarfs')
  expect(agenda).toEqual([
    { time: '18:00', text: 'Arriving' },
    { time: '6pm', text: 'Tea' },
    { time: '18.40', text: 'Beds' },
    { time: '', text: 'and then home' },
    { time: '7', text: 'dwarfs' },
  ])
  expect(parseAgenda(agendaText(agenda))).toEqual(agenda)
})

test('[UI-62] only pixel pictures and clips that are still in the room are shown', () => {
  const held: RoomFile['state'] = { kind: 'held' }
  const list = [
    file('plan.png', 10, [], held, 'image/png'),
    file('plan.svg', 10, [], held, 'image/svg+xml'),
    file('walk.mp4', 10, [], held, 'video/mp4'),
    file('plan.pdf', 10, [], held, 'application/pdf'),
  ]
  const files = { list: () => list, url: (id: string) => (id === '/walk.mp4' ? undefined : `at ${id}`) }
  expect(['/plan.png', '/plan.svg', '/plan.pdf', '/walk.mp4', '/gone.png', undefined].map((id) => lookOf(id, files))).toEqual([
    { kind: 'image', url: 'at /plan.png', name: 'plan.png' },
    undefined,
    undefined,
    undefined, // Kept in memory only: there is no address to show it from.
    undefined,
    undefined,
  ])
})
