/** A device of its own: a fresh key, and values that last as long as the test. */
import type { ValueStore } from '../../src/ports/block-store.ts'
import type { DeviceKey } from '../../src/ports/keys.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { toDeviceId } from '../../src/protocol/ids.ts'
import { signingKeyOf } from '../../src/tab/room/ed25519.ts'

export async function newDevice(): Promise<DeviceKey> {
  const { publicKey, sign } = await signingKeyOf(crypto.getRandomValues(new Uint8Array(32)))
  return { id: toDeviceId(publicKey), sign }
}

export function memoryValues(): ValueStore {
  const saved = new Map<string, Bytes>()
  return {
    load: async (key) => saved.get(key),
    save: async (key, value) => {
      if (value === null) saved.delete(key)
      else saved.set(key, value)
    },
  }
}
