/** Files in a storm: random bytes put, read back and compared by hash, in the page itself. */
import type { Page } from 'playwright'
import type { FileStat } from '../../../src/ports/asterism.ts'
import type { FileId } from '../../../src/protocol/ids.ts'
import '../../e2e/device.ts'

export type PutFile = { readonly id: FileId; readonly hash: string }

export function putFile(page: Page, wish: { name: string; bytes: number; profile: string; until: 'safe' | 'spread' }): Promise<PutFile> {
  return page.evaluate(async ({ name, bytes, profile, until }) => {
    const data = new Uint8Array(bytes)
    for (let offset = 0; offset < bytes; offset += 65_536) crypto.getRandomValues(data.subarray(offset, offset + 65_536))
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data)).toHex()
    const { id } = await asterism.room.files.put(new Blob([data]), { name, profile, until })
    return { id, hash }
  }, wish)
}

/** The hash of all its bytes as they come; throws what reading throws, or when it takes too long. */
export function readHash(page: Page, id: FileId, timeoutMs: number): Promise<string> {
  return page.evaluate(
    async ({ id, timeoutMs }) => {
      const parts: Uint8Array<ArrayBuffer>[] = []
      const signal = AbortSignal.timeout(timeoutMs)
      for await (const bytes of asterism.room.files.get(id, { signal })) parts.push(new Uint8Array(bytes))
      return new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer())).toHex()
    },
    { id, timeoutMs },
  )
}

export function statOf(page: Page, id: FileId): Promise<FileStat> {
  return page.evaluate((id) => asterism.room.files.stat(id), id)
}

/** As many may be lost as the profile promises, two at least where it promises more. */
export async function waitForFloor(page: Page, id: FileId, spare: number, timeoutMs: number): Promise<void> {
  await page.waitForFunction(
    ({ id, spare }) => {
      const { state, spareDevices } = asterism.room.files.stat(id)
      return (state === 'safe' || state === 'spread') && spareDevices >= spare
    },
    { id, spare: Math.min(spare, 2) },
    { timeout: timeoutMs, polling: 100 },
  )
}

/** What a device makes of a file, for a person who has to find out why something failed. */
export async function describeFile(page: Page, name: string): Promise<string> {
  const seeing = page.evaluate((name) => {
    const room = asterism.room
    const file = room.files.list().find((one) => one.name === name)
    const members = room.members.map((one) => `${one.name} ${one.isMe ? 'me' : one.connection}`)
    return JSON.stringify({ file, stat: file === undefined ? undefined : room.files.stat(file.id), members })
  }, name)
  return seeing.catch((error: Error) => error.message)
}
