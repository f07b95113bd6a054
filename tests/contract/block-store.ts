/** What every block store promises. Each adapter and the twin run this suite. */
import { describe, expect, test } from 'vitest'
import { toBlockId } from '../../src/core/storage/block-id.ts'
import type { BlockStore, StoreUsage, ValueStore } from '../../src/ports/block-store.ts'
import { type Bytes, concatBytes } from '../../src/protocol/bytes.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import { STORE_LIST_BLOCKS } from '../../src/protocol/limits.ts'
import type { ListedBlock, Shelf, StoredBlock } from '../../src/protocol/storage-worker.ts'

export type Store = BlockStore & ValueStore

export type StoreKind = {
  /** A fresh, empty store. */
  readonly open: () => Promise<Store>
  /** The same store as whoever comes next finds it, or as another tab of the device has it. */
  readonly reopen: (store: Store) => Promise<Store>
  /** Changes a byte of a block where it lies. */
  readonly rot: (store: Store, id: BlockId, shelf: Shelf) => Promise<void>
}

export async function blockOf(bytes: Uint8Array): Promise<StoredBlock> {
  const own = new Uint8Array(bytes)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', own))
  return { id: toBlockId(concatBytes([Uint8Array.of(1, 0x55, 0x12, 32), digest])), bytes: own }
}

const text = (words: string): Bytes => new TextEncoder().encode(words)
const idsOf = (blocks: readonly StoredBlock[]) => blocks.map(({ id }) => id)
const figures = ({ keptBytes, markedBytes, ownerQuotaBytes }: StoreUsage) => ({ keptBytes, markedBytes, ownerQuotaBytes })
/** So many different blocks of a size. */
const blocksOf = (count: number, bytes: number, seed = 0): Promise<readonly StoredBlock[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => blockOf(new Uint8Array(bytes).fill(seed + index + 1))))

async function listed(store: Store, shelf: Shelf): Promise<readonly ListedBlock[]> {
  const blocks: ListedBlock[] = []
  for await (const page of store.list(shelf)) blocks.push(...page)
  return blocks
}

export function blockStoreContract(kind: StoreKind): void {
  keeping(kind)
  marking(kind)
  owning(kind)
  rotting(kind)
}

function keeping({ open, reopen }: StoreKind): void {
  describe('keeping', () => {
    test('[STORE-3] what was stored is there for whoever opens the store next', async () => {
      const one = await blockOf(text('one'))
      const store = await open()
      await store.putMany([{ id: one.id, bytes: one.bytes.slice() }])

      expect(await (await reopen(store)).get(one.id)).toEqual(text('one'))
    })

    test('[STORE-3] answers come in the order asked, also for what is not there', async () => {
      const [one, two, three] = await Promise.all([blockOf(text('one')), blockOf(text('two')), blockOf(text('three'))])
      const store = await open()
      await store.putMany([one, three])

      expect(await store.has([three.id, two.id, one.id])).toEqual([true, false, true])
      expect(await store.get(two.id)).toBeUndefined()
    })

    test('[STORE-5] storing a block twice, even in one batch, is storing it once', async () => {
      const [empty, one] = [await blockOf(new Uint8Array()), await blockOf(text('one'))]
      const store = await open()
      await store.putMany([empty, one, one])
      await store.putMany([await blockOf(new Uint8Array()), one])

      expect(await store.get(empty.id)).toEqual(new Uint8Array())
      expect((await store.usage()).keptBytes).toBe(3)
      await store.delete([empty.id, one.id, one.id])
      expect(await store.has([empty.id, one.id])).toEqual([false, false])
      expect((await store.usage()).keptBytes).toBe(0)
    })

    test('[STORE-4] a saved value is read back, and null removes it', async () => {
      const store = await open()
      await store.save('room/1', text('sealed'))
      expect(await (await reopen(store)).load('room/1')).toEqual(text('sealed'))
      await store.save('room/1', null)
      expect(await store.load('room/1')).toBeUndefined()
    })

    test('[STORE-10] each shelf gives out its own; deleting takes from both', async () => {
      const [fragment, manifest] = await Promise.all([blockOf(text('fragment')), blockOf(text('manifest'))])
      const store = await open()
      await store.putMany([fragment])
      await store.putMany([manifest], { shelf: 'manifest' })

      expect(await store.has([fragment.id, manifest.id])).toEqual([true, false])
      expect(await store.get(manifest.id)).toBeUndefined()
      expect(await store.get(manifest.id, 'manifest')).toEqual(text('manifest'))
      await store.delete([fragment.id, manifest.id])
      expect([await listed(store, 'fragment'), await listed(store, 'manifest')]).toEqual([[], []])
    })

    test('[STORE-9] a shelf is listed whole, in order of id, however long', async () => {
      const count = STORE_LIST_BLOCKS + 3
      const blocks = await Promise.all(Array.from({ length: count }, (_, index) => blockOf(text(`block ${index}`))))
      const store = await open()
      await store.putMany(blocks)
      await store.mark([(blocks[7] as StoredBlock).id], true)

      const wanted = blocks.map((block, index) => ({ id: block.id, bytes: block.bytes.byteLength, marked: index === 7 }))
      expect(await listed(store, 'fragment')).toEqual(wanted.sort((a, b) => (a.id < b.id ? -1 : 1)))
    })
  })
}

function marking({ open, reopen }: StoreKind): void {
  describe('marking', () => {
    test('[STORE-6] a marked fragment is there and given out as any other', async () => {
      const one = await blockOf(text('one'))
      const store = await open()
      await store.putMany([one], { marked: true })

      expect([await store.has([one.id]), await store.get(one.id)]).toEqual([[true], text('one')])
      expect(figures(await store.usage())).toMatchObject({ keptBytes: 3, markedBytes: 3 })
    })

    test('[STORE-6] the longest marked go first when room is needed, and no more than needed', async () => {
      const blocks = await blocksOf(4, 100)
      const store = await open()
      await store.setOwnerQuota(400)
      await store.putMany(blocks)
      await store.mark([idsOf(blocks)[2] as BlockId], true)
      await store.mark([idsOf(blocks)[0] as BlockId, idsOf(blocks)[1] as BlockId], true)
      await store.putMany(await blocksOf(1, 150, 50))

      expect(await store.has(idsOf(blocks))).toEqual([false, true, false, true])
      expect(figures(await store.usage())).toEqual({ keptBytes: 350, markedBytes: 100, ownerQuotaBytes: 400 })
    })

    test('[STORE-5] putting unmarked what is marked keeps it; putting marked what is kept leaves it kept', async () => {
      const [one, two] = await blocksOf(2, 100)
      const store = await open()
      await store.putMany([one as StoredBlock], { marked: true })
      await store.putMany([two as StoredBlock])
      await store.putMany([one as StoredBlock])
      await store.putMany([two as StoredBlock], { marked: true })

      expect((await listed(store, 'fragment')).map(({ marked }) => marked)).toEqual([false, false])
      expect((await store.usage()).markedBytes).toBe(0)
    })

    test('[STORE-6] a mark is taken back, and marks of what is not there are passed over', async () => {
      const [one, two] = await blocksOf(2, 100)
      const store = await open()
      await store.putMany([one as StoredBlock])
      await store.mark(idsOf([one as StoredBlock, two as StoredBlock]), true)
      await store.mark(idsOf([one as StoredBlock, one as StoredBlock]), true)
      expect((await (await reopen(store)).usage()).markedBytes).toBe(100)
      await store.mark(idsOf([one as StoredBlock, two as StoredBlock]), false)

      expect(figures(await store.usage())).toMatchObject({ keptBytes: 100, markedBytes: 0 })
    })

    test('[STORE-6] a batch does not push out what it holds itself', async () => {
      const blocks = await blocksOf(3, 100)
      const store = await open()
      await store.setOwnerQuota(300)
      await store.putMany(blocks, { marked: true })
      const [fresh] = (await blocksOf(1, 100, 50)) as [StoredBlock]
      await store.putMany([blocks[0] as StoredBlock, fresh])

      expect(await store.has([...idsOf(blocks), fresh.id])).toEqual([true, false, true, true])
      expect(figures(await store.usage())).toMatchObject({ keptBytes: 300, markedBytes: 100 })
    })
  })
}

function owning({ open, reopen }: StoreKind): void {
  describe('the owner has the say', () => {
    test('[STORE-7] what would exceed the quota is refused whole, and nothing marked is given up for it', async () => {
      const [kept, marked] = await blocksOf(2, 100)
      const store = await open()
      await store.setOwnerQuota(300)
      await store.putMany([kept as StoredBlock])
      await store.putMany([marked as StoredBlock], { marked: true })
      const large = await blocksOf(2, 101, 50)

      await expect(store.putMany(large)).rejects.toMatchObject({ code: 'quota-exceeded' })
      expect(await store.has(idsOf([kept as StoredBlock, marked as StoredBlock, ...large]))).toEqual([true, true, false, false])
    })

    test('[STORE-7] manifests count, and what is there already takes no room', async () => {
      const [fragment, manifest, other] = (await blocksOf(3, 100)) as [StoredBlock, StoredBlock, StoredBlock]
      const store = await open()
      await store.setOwnerQuota(200)
      await store.putMany([manifest], { shelf: 'manifest' })
      await store.putMany([fragment])

      await store.putMany([fragment])
      await expect(store.putMany([other])).rejects.toMatchObject({ code: 'quota-exceeded' })
      await expect(store.putMany([other], { shelf: 'manifest' })).rejects.toMatchObject({ code: 'quota-exceeded' })
    })

    test('[STORE-7] a lowered quota erases the marked over it, leaves the rest and lets nothing in', async () => {
      const [one, two, three] = (await blocksOf(3, 100)) as [StoredBlock, StoredBlock, StoredBlock]
      const store = await open()
      await store.putMany([one, two])
      await store.putMany([three], { marked: true })
      await store.setOwnerQuota(150)

      const next = await reopen(store)
      expect(figures(await next.usage())).toEqual({ keptBytes: 200, markedBytes: 0, ownerQuotaBytes: 150 })
      await expect(next.putMany([three])).rejects.toMatchObject({ code: 'quota-exceeded' })
    })

    test('[STORE-7] two tabs that write at once stay within the quota together', async () => {
      const store = await open()
      const other = await reopen(store)
      await store.setOwnerQuota(1_000)
      const blocks = await blocksOf(30, 90)
      const puts = await Promise.allSettled(blocks.map((block, index) => (index % 2 === 0 ? store : other).putMany([block])))

      expect(puts.filter(({ status }) => status === 'fulfilled')).toHaveLength(11)
      expect(figures(await other.usage())).toEqual({ keptBytes: 990, markedBytes: 0, ownerQuotaBytes: 1_000 })
    })

    test('[STORE-8] the figures are those of the blocks, whatever was done in whatever order', async () => {
      const store = await open()
      const blocks = await blocksOf(12, 40)
      await store.setOwnerQuota(400)
      // A little arithmetic instead of chance: every kind of change, many times, over the same blocks.
      for (let step = 0; step < 120; step++) {
        const some = [blocks[(step * 5) % 12], blocks[(step * 7 + 1) % 12]] as StoredBlock[]
        if (step % 4 === 3) await store.delete(idsOf(some))
        else if (step % 3 === 1) await store.mark(idsOf(some), step % 2 === 0)
        else await store.putMany(some, { marked: step % 5 === 0, shelf: step % 11 === 0 ? 'manifest' : 'fragment' }).catch(() => undefined)
      }
      const [fragments, manifests] = [await listed(store, 'fragment'), await listed(store, 'manifest')]
      const sum = (all: readonly ListedBlock[]) => all.reduce((bytes, block) => bytes + block.bytes, 0)

      expect(fragments.length).toBeGreaterThan(2)
      expect(figures(await store.usage())).toMatchObject({
        keptBytes: sum(fragments) + sum(manifests),
        markedBytes: sum(fragments.filter(({ marked }) => marked)),
      })
    })
  })
}

function rotting({ open, reopen, rot }: StoreKind): void {
  describe('rotting', () => {
    test.each<Shelf>(['fragment', 'manifest'])(
      '[STORE-1] a %s that does not match its id any more is dropped, not given out, and a new generation begins',
      async (shelf) => {
        const [one, two] = (await blocksOf(2, 30)) as [StoredBlock, StoredBlock]
        const store = await open()
        const before = await store.usage()
        await store.putMany([one, two], { shelf })
        await rot(store, one.id, shelf)

        expect([await store.get(one.id, shelf), await store.get(two.id, shelf)]).toEqual([undefined, two.bytes])
        expect((await listed(store, shelf)).map(({ id }) => id)).toEqual([two.id])
        const after = await store.usage()
        expect(after.keptBytes).toBe(30)
        expect(after.generation).not.toBe(before.generation)
      },
    )

    test('[STORE-1] two tabs that find the same damage begin one new generation', async () => {
      const one = await blockOf(text('one'))
      const store = await open()
      const other = await reopen(store)
      await store.putMany([one])
      await rot(store, one.id, 'fragment')
      await store.get(one.id)
      const { generation } = await store.usage()
      await other.get(one.id)

      expect((await other.usage()).generation).toBe(generation)
    })

    test('[STORE-12] the generation stays while the store is whole', async () => {
      const store = await open()
      const before = await store.usage()
      const one = await blockOf(text('one'))
      await store.putMany([one])
      await store.delete([one.id])

      expect((await (await reopen(store)).usage()).generation).toBe(before.generation)
    })
  })
}
