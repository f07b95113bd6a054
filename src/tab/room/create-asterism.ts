/** The public object: rooms made and entered. One room at a time per tab; entering another leaves the first. */
import type { Asterism, EnterOptions, Room } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceStore } from '../../ports/file-gateway.ts'
import type { DeviceKey } from '../../ports/keys.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { RoomId } from '../../protocol/ids.ts'
import { formatRoomLink, type HomeMark, parseRoomLink } from '../../protocol/room-link.ts'
import { leaderLock } from '../storage/lead-device.ts'
import { eraseRoom } from './erase-room.ts'
import { openRoom } from './open-room.ts'
import { forgetRoom, loadRecentRooms, rememberRoom } from './recent-rooms.ts'
import { deriveRoomKeys, makeRoomSecret, type RoomKeys } from './room-keys.ts'

export type AsterismParts = {
  readonly version: string
  /** Address of the app without its fragment; links are made from it. */
  readonly base: string
  readonly device: DeviceKey
  /** Seals what only this device reads. */
  readonly drawer: CryptoKey
  readonly store: DeviceStore
  readonly clock: Clock
  readonly iceServers: RTCIceServer[]
}

export function createAsterism(parts: AsterismParts): Asterism {
  const { version, base, device, store, clock, iceServers } = parts
  const drawer = { values: store.values, key: parts.drawer }
  let current: Room | undefined

  const enter = async (keys: RoomKeys, secret: Bytes, options: EnterOptions, homes: readonly HomeMark[] = []): Promise<Room> => {
    const { roomId } = keys
    const isHere = current?.id === roomId && !current.status.left
    if (current !== undefined && isHere) {
      if (options.name !== undefined) current.setName(options.name)
      return current
    }
    await current?.leave()
    options.signal?.throwIfAborted()
    const link = formatRoomLink(base, { roomId, secret })
    const room = await openRoom({ link, homes, origin: new URL(base).origin, keys, device, store, clock, iceServers }, options)
    current = room
    const visit = { id: roomId, link, words: keys.words, hue: keys.hue, visitedAtMs: clock.nowMs() }
    await rememberRoom(drawer, visit).catch(() => {})
    return room
  }

  // The other tabs of the device leave a room that is forgotten here.
  const forgotten = new BroadcastChannel('asterism-forgotten')
  forgotten.onmessage = ({ data }: MessageEvent<RoomId>) => {
    if (current?.id === data) void current.leave()
  }

  return {
    version,
    get room() {
      return current?.status.left === true ? undefined : current
    },
    async start(options = {}) {
      const secret = await makeRoomSecret(device.id)
      return enter(await deriveRoomKeys(secret), secret, options)
    },
    async join(text, options = {}) {
      const link = parseRoomLink(text)
      if (link === undefined) throw new RoomError('link-invalid')
      const keys = await deriveRoomKeys(link.secret)
      if (keys.roomId !== link.roomId) throw new RoomError('link-wrong-secret')
      return enter(keys, link.secret, options, link.homes)
    },
    recentRooms: () => loadRecentRooms(drawer),
    async forgetRoom(id) {
      const known = (await loadRecentRooms(drawer)).find((room) => room.id === id)
      const link = known && parseRoomLink(known.link)
      if (current?.id === id) await current.leave()
      forgotten.postMessage(id)
      if (link !== undefined) {
        const keys = await deriveRoomKeys(link.secret)
        await whenLeft(id, () => eraseRoom(store, keys, clock))
      }
      // Its link goes last: without it nothing could be found any more.
      await forgetRoom(drawer, id)
    },
  }
}

/** Another tab leaves within a second, a hidden one within two or three; one that is frozen is not waited for. */
const LEFT_MS = 5_000

async function whenLeft(room: RoomId, erase: () => Promise<void>): Promise<void> {
  let isErasing = false
  const begin = () => {
    isErasing = true
    return erase()
  }
  try {
    await navigator.locks.request(leaderLock(room), { signal: AbortSignal.timeout(LEFT_MS) }, begin)
  } catch (error) {
    if (isErasing) throw error
    await erase()
  }
}
