/** Files in journeys: random bytes put by one device, read and hashed by another. */
import type { Device } from './device.ts'

/** Adds a file of random bytes through the public API; gives its id and SHA-256. */
export async function putRandomFile({ page }: Device, name: string, bytes: number): Promise<{ id: string; hash: string }> {
  return page.evaluate(
    async ({ name, bytes }) => {
      const data = new Uint8Array(bytes)
      for (let offset = 0; offset < bytes; offset += 65_536) crypto.getRandomValues(data.subarray(offset, offset + 65_536))
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data)).toHex()
      const { id } = await asterism.room.files.put(new Blob([data]), { name })
      return { id, hash }
    },
    { name, bytes },
  )
}

/** Resolves when this device holds the whole file; throws when it failed. */
export async function waitForHeld({ page }: Device, id: string, timeoutMs = 30_000): Promise<void> {
  await page.waitForFunction(
    (id) => {
      const file = asterism.room.files.list().find((one) => one.id === id)
      if (file?.state.kind === 'failed') throw new Error(file.state.code)
      return file?.state.kind === 'held'
    },
    id,
    { timeout: timeoutMs, polling: 100 },
  )
}

/** SHA-256 of what the public API gives. */
export async function hashOfFile({ page }: Device, id: string): Promise<string> {
  return page.evaluate(async (id) => {
    const file = asterism.room.files.list().find((one) => one.id === id)
    const parts: Uint8Array<ArrayBuffer>[] = []
    if (file !== undefined) for await (const bytes of asterism.room.files.get(file.id)) parts.push(new Uint8Array(bytes))
    return new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer())).toHex()
  }, id)
}
