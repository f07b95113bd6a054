/** Rooms this device has been in. The list holds links, and so secrets: it never leaves the device, and lies sealed there. */
import * as v from 'valibot'
import { seal, unseal } from '../../pipeline/seal.ts'
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

export type Drawer = { readonly values: ValueStore; readonly key: CryptoKey }

const CONTEXT = encodeFrame(['asterism recent rooms 1'])

export async function loadRecentRooms({ values, key }: Drawer): Promise<readonly RecentRoom[]> {
  const bytes = await values.load(NAME)
  // Lists written before they were sealed are read as they are.
  const plain = bytes && ((await unseal(key, bytes, CONTEXT)) ?? bytes)
  const parsed = plain && parseFrame(plain, saved)
  return parsed?.kind === 'ok' ? parsed.message.rooms : []
}

export async function rememberRoom(drawer: Drawer, room: RecentRoom): Promise<void> {
  const others = (await loadRecentRooms(drawer)).filter(({ id }) => id !== room.id)
  await saveRooms(drawer, [room, ...others].slice(0, RECENT_ROOMS))
}

export async function forgetRoom(drawer: Drawer, id: RoomId): Promise<void> {
  await saveRooms(
    drawer,
    (await loadRecentRooms(drawer)).filter((room) => room.id !== id),
  )
}

async function saveRooms({ values, key }: Drawer, rooms: readonly RecentRoom[]): Promise<void> {
  await values.save(NAME, await seal(key, encodeFrame({ t: 'rooms', rooms }), CONTEXT))
}
