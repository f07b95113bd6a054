/** What every store promises of rooms. The twin and the real adapter run this suite. */
import { describe, expect, test } from 'vitest'
import type { ValueStore } from '../../src/ports/block-store.ts'
import type { FileGateway } from '../../src/ports/file-gateway.ts'
import { toRoomId } from '../../src/protocol/ids.ts'

export const [ONE_ROOM, OTHER_ROOM] = [toRoomId(new Uint8Array(16).fill(1)), toRoomId(new Uint8Array(16).fill(2))] as const

export function fileGatewayContract(open: () => Promise<FileGateway & ValueStore>): void {
  describe('rooms', () => {
    test('[STORE-21] the values of a forgotten room are gone, and those of others are not', async () => {
      const store = await open()
      const value = new Uint8Array([1])
      const names = [ONE_ROOM, OTHER_ROOM].flatMap((room) => [`room/${room}/document/recent`, `files/${room}/wishes`])
      for (const name of [...names, 'device']) await store.save(name, value)
      await store.forget(ONE_ROOM)

      const left = await Promise.all(names.map((name) => store.load(name)))
      expect([...left, await store.load('device')]).toEqual([undefined, undefined, value, value, value])
    })

    test('[STORE-21] forgetting a room nobody knows changes nothing', async () => {
      const store = await open()
      await store.save('device', new Uint8Array([1]))
      await store.forget(ONE_ROOM)
      expect(await store.load('device')).toEqual(new Uint8Array([1]))
    })
  })
}
