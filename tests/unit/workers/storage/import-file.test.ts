import { expect, test } from 'vitest'
import { RoomError } from '../../../../src/protocol/errors.ts'
import type { ImportReport } from '../../../../src/protocol/import-worker.ts'
import { IMPORT_BATCHES } from '../../../../src/protocol/limits.ts'
import type { StoredBlock } from '../../../../src/protocol/storage-worker.ts'
import { Importer, type ImporterPort } from '../../../../src/tab/storage/importer.ts'
import { bytesOf, inThisThread, pieces } from '../../../twins/import-worker.ts'
import { keysOfRoom, shelvesOf } from '../../../twins/shelves.ts'

const MIB = 1024 * 1024
const keys = await keysOfRoom('room')
const layout = { k: 4, rows: 6, sensitive: false }
const never = new AbortController().signal
const ignored = async () => undefined

test('[SEAL-9] what the worker sends is what the pipeline makes, byte for byte', async () => {
  const data = bytesOf(10 * MIB + 3)
  const sent: StoredBlock[] = []
  const imported = await new Importer(inThisThread()).run([new Blob([data])], {
    layout,
    keys,
    signal: never,
    onBlocks: async (_, blocks) => void sent.push(...blocks),
  })
  const { object, bytes, parts, fragments, manifest } = await shelvesOf([new Blob([data])], layout)
  expect(imported).toEqual({ object, bytes, parts })
  expect(sent.map(({ id }) => id)).toEqual([...fragments.keys(), ...manifest.keys()])
  expect(sent.every(({ id, bytes: own }) => Buffer.from(own).equals(fragments.get(id) ?? manifest.get(id) ?? Buffer.alloc(0)))).toBe(true)
})

test('[SEAL-9] two batches are under way at a time, and the third waits for a receipt', async () => {
  const held: (() => void)[] = []
  const full = Promise.withResolvers<void>()
  let arrived = 0
  const run = new Importer(inThisThread()).run(pieces(bytesOf(40 * MIB), MIB), {
    layout,
    keys,
    signal: never,
    onBlocks: async () => {
      if (++arrived === IMPORT_BATCHES) full.resolve()
      if (arrived <= IMPORT_BATCHES) await new Promise<void>((resolve) => held.push(resolve))
    },
  })
  await full.promise
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(arrived).toBe(IMPORT_BATCHES)
  for (const release of held) release()
  expect((await run).bytes).toBe(40 * MIB)
})

test('[SEAL-9] the buffers of a batch are handed over, not copied', async () => {
  const { object, buffers } = await new Promise<{ object: ImportReport; buffers: Set<ArrayBuffer> }>((resolve) => {
    const port = inThisThread()
    port.addEventListener('message', ({ data: report }) => {
      if (report.t === 'blocks') resolve({ object: report, buffers: new Set(report.blocks.map(({ bytes }) => bytes.buffer)) })
    })
    port.postMessage({ t: 'import', id: 1, data: [new Blob([bytesOf(4 * MIB)])], layout, keys })
  })
  // Four chunks of four fragments each: three views of the sealed chunk, and one that was filled up or is a view as well.
  expect(object.t === 'blocks' && object.blocks.length).toBe(16)
  expect(buffers.size).toBeLessThanOrEqual(8)
})

test('[SEAL-13] imports side by side do not hear of each other, and one that is stopped lets go of its source', async () => {
  const importer = new Importer(inThisThread())
  const stop = new AbortController()
  let isLetGo = false
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(MIB)
    } finally {
      isLetGo = true
    }
  }
  const stopped = importer.run(endless(), {
    layout,
    keys,
    signal: stop.signal,
    onBlocks: async () => stop.abort(),
  })
  const other = importer.run([new Blob([bytesOf(12 * MIB)])], { layout, keys, signal: never, onBlocks: ignored })
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' })
  expect((await other).bytes).toBe(12 * MIB)
  expect(isLetGo).toBe(true)
})

test('[SEAL-13] one that was stopped before it began does not begin', async () => {
  const run = new Importer(inThisThread()).run([new Blob(['a'])], { layout, keys, signal: AbortSignal.abort(), onBlocks: ignored })
  await expect(run).rejects.toMatchObject({ code: 'aborted' })
})

test('[SEAL-13] a store that is full, a source that breaks and a source of no bytes end an import with their own words', async () => {
  const importer = new Importer(inThisThread())
  const options = { layout, keys, signal: never, onBlocks: ignored }
  const full = async () => {
    throw new RoomError('quota-exceeded')
  }
  await expect(importer.run([new Blob([bytesOf(20 * MIB)])], { ...options, onBlocks: full })).rejects.toMatchObject({
    code: 'quota-exceeded',
  })

  // biome-ignore lint/correctness/useYield: it breaks before it gives anything.
  async function* broken(): AsyncGenerator<Uint8Array> {
    throw new Error('unplugged')
  }
  await expect(importer.run(broken(), options)).rejects.toMatchObject({ code: 'file-invalid' })

  async function* text(): AsyncGenerator<Uint8Array> {
    yield 'text' as unknown as Uint8Array
  }
  await expect(importer.run(text(), options)).rejects.toMatchObject({ code: 'file-invalid' })
  await expect(importer.run([new Blob([bytesOf(MIB)]), new Blob(['a'])], options)).rejects.toMatchObject({ code: 'file-invalid' })
})

test('[SEAL-13] a worker that fails says why once, and the source is let go', async () => {
  let isLetGo = false
  let tell: (report: ImportReport) => void = () => undefined
  const port = {
    addEventListener: (_: string, listener: (event: MessageEvent<ImportReport>) => void) => {
      tell = (report) => listener({ data: report } as MessageEvent<ImportReport>)
    },
    postMessage: ({ t, id }: { t: string; id: number }) => {
      if (t === 'import') tell({ t: 'failed', id, code: 'file-invalid', detail: 'why' })
    },
  }
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => undefined),
      return: async () => {
        isLetGo = true
        return { done: true as const, value: undefined }
      },
    }),
  }
  const run = new Importer(port as unknown as ImporterPort).run(source, { layout, keys, signal: never, onBlocks: ignored })
  await expect(run).rejects.toMatchObject({ code: 'file-invalid', detail: 'why' })
  expect(isLetGo).toBe(true)
})
