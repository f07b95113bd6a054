/** Files in journeys: random bytes put by one device, read and hashed by another. */
import type { PutOptions } from '../../src/ports/asterism.ts'
import type { FileId } from '../../src/protocol/ids.ts'
import type { Device } from './device.ts'

/** A device of either browser: their drivers agree on this much. */
export type Scripted = { readonly page: { evaluate<A, R>(work: (argument: A) => Promise<R>, argument: A): Promise<R> } }

export type RandomFile = { readonly id: FileId; readonly hash: string }

/** Adds a file of random bytes through the public API; gives its id and SHA-256. */
export async function putRandomFile(
  { page }: Scripted,
  name: string,
  bytes: number,
  options: Pick<PutOptions, 'profile' | 'until'> = {},
): Promise<RandomFile> {
  return page.evaluate(
    async ({ name, bytes, options }) => {
      const data = new Uint8Array(bytes)
      for (let offset = 0; offset < bytes; offset += 65_536) crypto.getRandomValues(data.subarray(offset, offset + 65_536))
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data)).toHex()
      const { id } = await asterism.room.files.put(new Blob([data]), { name, ...options })
      return { id, hash }
    },
    { name, bytes, options },
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

export type Reading = { readonly bytes: number; readonly hash: string; readonly ms: number; readonly code: string | undefined }

/** Reads a file to its end or to what it throws; `code` is what it threw. */
export async function readFile({ page }: Scripted, id: FileId, timeoutMs = 20_000): Promise<Reading> {
  return page.evaluate(
    async ({ id, timeoutMs }) => {
      const startMs = performance.now()
      const parts: Uint8Array<ArrayBuffer>[] = []
      let code: string | undefined
      try {
        for await (const part of asterism.room.files.get(id, { signal: AbortSignal.timeout(timeoutMs) })) parts.push(new Uint8Array(part))
      } catch (error) {
        code = String((error as { code?: unknown }).code ?? error)
      }
      const whole = await new Blob(parts).arrayBuffer()
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', whole)).toHex()
      return { bytes: whole.byteLength, hash, ms: performance.now() - startMs, code }
    },
    { id, timeoutMs },
  )
}

/** Resolves when this device has heard of the file. */
export async function knowFile({ page }: Device, id: FileId): Promise<void> {
  await page.waitForFunction((id) => asterism.room.files.list().some((one) => one.id === id), id, { timeout: 20_000, polling: 50 })
}
