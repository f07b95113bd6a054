/** Rooms this device has been in. The list holds links, and so secrets: it never leaves the device. */
import * as v from 'valibot'
import type { RecentRoom } from '../../ports/asterism.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import { countOf, encodeFrame, idOf, parseFrame } from '../../protocol/frame.ts'
import { parseRoomId, type RoomId } from '../../protocol/ids.ts'
import { RECENT_ROOMS } from '../../protocol/limits.ts'

const NAME = 'recent-rooms'
const text = v.pipe(v.string(), v.maxLength(2048))
const saved = v.object({
  t: v.literal('rooms'),
  rooms: v.pipe(
    v.array(
      v.object({
        id: idOf(parseRoomId),
        link: text,
        words: v.pipe(v.array(text), v.maxLength(8)),
        hue: countOf(359),
        visitedAtMs: countOf(),
      }),
    ),
    v.maxLength(RECENT_ROOMS),
  ),
})

export async function loadRecentRooms(values: ValueStore): Promise<readonly RecentRoom[]> {
  const bytes = await values.load(NAME)
  const parsed = bytes && parseFrame(bytes, saved)
  return parsed?.kind === 'ok' ? parsed.message.rooms : []
}

export async function rememberRoom(values: ValueStore, room: RecentRoom): Promise<void> {
  const others = (await loadRecentRooms(values)).filter(({ id }) => id !== room.id)
  await values.save(NAME, encodeFrame({ t: 'rooms', rooms: [room, ...others].slice(0, RECENT_ROOMS) }))
}

export async function forgetRoom(values: ValueStore, id: RoomId): Promise<void> {
  const rooms = (await loadRecentRooms(values)).filter((room) => room.id !== id)
  await values.save(NAME, encodeFrame({ t: 'rooms', rooms }))
}
