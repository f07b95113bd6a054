import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  chooseErased,
  EMPTY_TALLY,
  type Entry,
  judgeStore,
  keptBytes,
  planMarks,
  planPut,
  recounted,
  type Tally,
  withRemoved,
} from '../../../../src/core/storage/store-tally.ts'
import type { BlockId } from '../../../../src/protocol/ids.ts'

const id = (number: number) => `block ${number}` as BlockId
/** Sizes differ, so that a figure that is off by a block shows. */
const block = (number: number) => ({ id: id(number), bytes: 100 + number })

type Shelf = Map<BlockId, Entry>
type Store = { tally: Tally; fragment: Shelf; manifest: Shelf; quotaBytes: number }

const heldOf = (shelf: Shelf, numbers: readonly number[]) => [...new Set(numbers)].flatMap((number) => shelf.get(id(number)) ?? [])

function remove(store: Store, name: 'fragment' | 'manifest', entries: readonly Entry[]): void {
  for (const entry of entries) store[name].delete(entry.id)
  store.tally = withRemoved(store.tally, name, entries)
}

function put(store: Store, name: 'fragment' | 'manifest', numbers: readonly number[], marked: boolean): boolean {
  const held = new Map(heldOf(store[name], numbers).map((entry) => [entry.id, entry]))
  const plan = planPut(store.tally, { shelf: name, marked, quotaBytes: store.quotaBytes }, numbers.map(block), held)
  if (plan.kind === 'refused') return false
  const oldestFirst = [...store.fragment.values()].filter((entry) => entry.mark !== undefined).sort((a, b) => (a.mark ?? 0) - (b.mark ?? 0))
  const erased = chooseErased(oldestFirst, plan.lackBytes, plan.spared)
  store.tally = plan.tally
  for (const entry of [...plan.fresh, ...plan.unmarked]) store[name].set(entry.id, entry)
  remove(store, 'fragment', erased)
  return true
}

const numbers = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 5 })
const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), name: fc.constantFrom('fragment', 'manifest'), numbers, marked: fc.boolean() }),
  fc.record({ kind: fc.constant('mark' as const), numbers, marked: fc.boolean() }),
  fc.record({ kind: fc.constant('delete' as const), numbers }),
)

test('[STORE-7] [STORE-8] whatever is done, the figures are those of the entries, the quota holds, and numbers only rise', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const store: Store = { tally: EMPTY_TALLY, fragment: new Map(), manifest: new Map(), quotaBytes: 900 }
      for (const one of steps) {
        const before = store.tally
        if (one.kind === 'put') {
          if (put(store, one.name, one.numbers, one.marked))
            for (const { id } of one.numbers.map(block)) expect(store[one.name].has(id)).toBe(true)
          else expect(store.tally).toBe(before)
        } else if (one.kind === 'mark') {
          const { entries, tally } = planMarks(store.tally, heldOf(store.fragment, one.numbers), one.marked)
          for (const entry of entries) store.fragment.set(entry.id, entry)
          store.tally = tally
        } else for (const name of ['fragment', 'manifest'] as const) remove(store, name, heldOf(store[name], one.numbers))

        const { sequence, nextMark, ...sums } = store.tally
        const { sequence: _, nextMark: __, ...really } = recounted(store.tally, [...store.fragment.values()], [...store.manifest.values()])
        expect(sums).toEqual(really)
        expect(keptBytes(store.tally)).toBeLessThanOrEqual(900)
        expect(sequence > before.sequence || store.tally === before).toBe(true)
        const marks = [...store.fragment.values()].flatMap(({ mark }) => mark ?? [])
        expect([new Set(marks).size, nextMark > Math.max(0, ...marks)]).toEqual([marks.length, true])
      }
    }),
  )
})

test('[STORE-6] the first marked goes first, until enough went, and the spared stay', () => {
  const marked = [3, 1, 2, 4].map((number, index) => ({ ...block(number), mark: index + 1 }))
  expect(chooseErased(marked, 150, new Set([id(1)])).map((entry) => entry.id)).toEqual([id(3), id(2)])
  expect(chooseErased(marked, 0, new Set())).toEqual([])
})

test('[STORE-12] a store is whole when it has its generation and has come as far as is known', () => {
  const tally = { ...EMPTY_TALLY, sequence: 7 }
  expect(judgeStore(tally, { hasGeneration: true, witnessed: 7 })).toEqual({ isWhole: true, tally })
  expect(judgeStore(tally, { hasGeneration: true, witnessed: undefined })).toEqual({ isWhole: true, tally })
  expect(judgeStore(tally, { hasGeneration: false, witnessed: undefined })).toMatchObject({ isWhole: false, tally: { sequence: 8 } })
  expect(judgeStore(tally, { hasGeneration: true, witnessed: 9 })).toMatchObject({ isWhole: false, tally: { sequence: 10 } })
})
