import { expect, test } from 'vitest'
import type { RecentRoom } from '../../../../src/ports/asterism.ts'
import { type Bytes, toBase64Url } from '../../../../src/protocol/bytes.ts'
import { encodeFrame } from '../../../../src/protocol/frame.ts'
import { toRoomId } from '../../../../src/protocol/ids.ts'
import { forgetRoom, loadRecentRooms, rememberRoom } from '../../../../src/tab/room/recent-rooms.ts'

const room = (n: number): RecentRoom => ({
  id: toRoomId(new Uint8Array(16).fill(n)),
  link: `https://example.org/#/r/room.${toBase64Url(new Uint8Array(32).fill(n))}`,
  words: ['amber', 'birch', 'cloud', 'delta'],
  hue: n,
  visitedAtMs: n,
})

async function drawer() {
  const disk = new Map<string, Bytes>()
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const values = {
    load: async (name: string) => disk.get(name),
    save: async (name: string, value: Bytes | null) => void (value === null ? disk.delete(name) : disk.set(name, value)),
  }
  return { disk, values, key }
}

test('[KEYS-6] rooms are remembered newest first, and their links cannot be read off the disk', async () => {
  const { disk, ...parts } = await drawer()
  for (const n of [1, 2, 1]) await rememberRoom(parts, room(n))
  await rememberRoom(parts, room(3))
  await forgetRoom(parts, room(2).id)
  expect(await loadRecentRooms(parts)).toEqual([room(3), room(1)])
  const text = new TextDecoder('latin1').decode([...disk.values()][0])
  expect([room(1).link, room(1).id, 'amber'].filter((secret) => text.includes(secret))).toEqual([])
})

test('[KEYS-6] a list written before it was sealed is read, and sealed with the next visit', async () => {
  const { disk, ...parts } = await drawer()
  disk.set('recent-rooms', encodeFrame({ t: 'rooms', rooms: [room(1)] }))
  await rememberRoom(parts, room(2))
  expect(await loadRecentRooms(parts)).toEqual([room(2), room(1)])
  expect(new TextDecoder('latin1').decode(disk.get('recent-rooms'))).not.toContain('amber')
})
