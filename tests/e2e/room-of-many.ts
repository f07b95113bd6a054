/** The state of a room, made with the code of the room itself and sealed as a device keeps it: full of files, or of lies. */
import { toBlockId } from '../../src/core/storage/block-id.ts'
import type { DeviceKey } from '../../src/ports/keys.ts'
import type { RoomState } from '../../src/ports/room-state.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { type RoomId, toDeviceId, toFileId } from '../../src/protocol/ids.ts'
import { type HoldingRecord, holdingClaim, holdingKey, type PlanRecord, planClaim } from '../../src/protocol/object.ts'
import { parseRoomLink } from '../../src/protocol/room-link.ts'
import { type FileRecord, fileClaim } from '../../src/protocol/room-state.ts'
import { browserClock } from '../../src/tab/browser-clock.ts'
import { signingKeyOf } from '../../src/tab/room/ed25519.ts'
import { keepDocument } from '../../src/tab/room/persist-document.ts'
import { createRoomDocument } from '../../src/tab/room/room-document.ts'
import { deriveRoomKeys } from '../../src/tab/room/room-keys.ts'

export type SealedRoom = { readonly key: string; readonly value: Bytes }

/** `prepare` gives what writes into the room's state, in one go; `writeValue` then puts it on a device's disk. */
export async function sealRoom(link: string, prepare: (room: RoomId) => Promise<(state: RoomState) => void>): Promise<SealedRoom> {
  const secret = parseRoomLink(link)?.secret
  if (secret === undefined) throw new Error('no room link')
  const { roomId: room, content: key } = await deriveRoomKeys(secret)
  const { doc, ...state } = createRoomDocument()
  const saved: SealedRoom[] = []
  const values = {
    load: async () => undefined,
    save: async (name: string, value: Bytes | null) => {
      if (value !== null) saved.push({ key: name, value })
    },
  }
  const write = await prepare(room)
  const { signal } = new AbortController()
  const keeper = keepDocument({ doc, room, key, values, clock: browserClock, signal, failed: () => {} })
  write(state)
  await keeper.flush()
  const last = saved.at(-1)
  if (last === undefined) throw new Error('nothing was saved')
  return last
}

/** A device with a key of its own. */
export async function strangeDevice(): Promise<DeviceKey> {
  const { publicKey, sign } = await signingKeyOf(crypto.getRandomValues(new Uint8Array(32)))
  return { id: toDeviceId(publicKey), sign }
}

export const randomBlock = () => toBlockId(new Uint8Array([1, 0x55, 0x12, 32, ...crypto.getRandomValues(new Uint8Array(32))]))

/** Each file is an object of its own, added by a device that is away and holds all of it. */
export function sealRoomOfMany(link: string, count: number): Promise<SealedRoom> {
  return sealRoom(link, async (room) => {
    const away = await strangeDevice()
    const made = await Promise.all(Array.from({ length: count }, (_, n) => makeFile(room, away, n)))
    return (state) => {
      state.files.setMany(new Map(made.map(({ file }) => [file.id, file])))
      state.plans.setMany(new Map(made.map(({ plan }) => [plan.object, plan])))
      state.holdings.setMany(new Map(made.map(({ holding }) => [holdingKey(holding.object, away.id), holding])))
    }
  })
}

async function makeFile(
  room: RoomId,
  device: DeviceKey,
  n: number,
): Promise<{ file: FileRecord; plan: PlanRecord; holding: HoldingRecord }> {
  const [object, atMs, bytes] = [randomBlock(), 1_700_000_000_000 + n, 300_000]
  const file = {
    id: toFileId(crypto.getRandomValues(new Uint8Array(16))),
    root: randomBlock(),
    object,
    offset: 0,
    name: `photo ${String(n).padStart(5, '0')}.jpg`,
    folder: '',
    type: 'image/jpeg',
    bytes,
    addedBy: device.id,
    addedAtMs: atMs,
  }
  const slots = [{ row: 0, device: device.id }]
  const plan = { object, profile: 'raid1(1)', k: 1, rows: 1, bytes, slots, sequence: 1, by: device.id, atMs }
  const holding = { object, device: device.id, rows: [0], marked: [], holes: [], checkedAtMs: atMs, sequence: 1 }
  return {
    file: { ...file, signature: await device.sign(fileClaim(room, file)) },
    plan: { ...plan, signature: await device.sign(planClaim(room, plan)) },
    holding: { ...holding, signature: await device.sign(holdingClaim(room, holding)) },
  }
}
