import { expect, test } from 'vitest'
import { ownBackground } from '../../../../src/tab/effects/own-background.ts'
import { ShownBackdrop } from '../../../../src/tab/effects/shown-backdrop.ts'
import type { SmallerPicture } from '../../../../src/tab/effects/smaller-picture.ts'

function storeOf(isFull = false) {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, value: string) {
      if (isFull) throw new DOMException('full', 'QuotaExceededError')
      kept.set(key, value)
    },
    removeItem: (key: string) => void kept.delete(key),
  }
}

const made = (text: string) => () => Promise.resolve<SmallerPicture>({ kind: 'made', text })

test('[EFFECTS-17] what is no picture is refused with a sentence, and the one before stays', async () => {
  const store = storeOf()
  await ownBackground(() => store, made('aaaa')).keep(new Blob())
  const refusing = ownBackground(
    () => store,
    () => Promise.resolve({ kind: 'refused', reason: 'no-picture' }),
  )
  expect(await refusing.keep(new Blob())).toMatchObject({ kind: 'refused', reason: 'no-picture', text: expect.stringMatching(/\.$/) })
  expect(refusing.address).toBe('data:image/jpeg;base64,aaaa')
  refusing.forget()
  expect(refusing.address).toBeUndefined()
})

test('[EFFECTS-17] a browser that keeps nothing more says so, and one that keeps nothing at all', async () => {
  const denied = () => {
    throw new Error('denied')
  }
  for (const store of [() => storeOf(true), denied]) {
    const own = ownBackground(store, made('aaaa'))
    expect(await own.keep(new Blob())).toMatchObject({ kind: 'refused', reason: 'no-room' })
    expect(own.address).toBeUndefined()
    own.forget()
  }
})

test('[EFFECTS-14] an own picture that is kept no more, or is none, is a blur', () => {
  const shown = new ShownBackdrop()
  const told: string[] = []
  shown.onChange = ({ kind }) => told.push(kind)
  for (const address of [undefined, 'data:image/jpeg;base64,*', 'data:image/jpeg;base64,aaaa']) shown.wish('own', address)
  expect(told).toEqual(['blur', 'blur', 'picture'])
})

test('[EFFECTS-15] the running filter is told of each other wish once, also of another picture under the same one', () => {
  const shown = new ShownBackdrop()
  const told: unknown[] = []
  shown.onChange = (backdrop) => told.push(backdrop)
  const address = (text: string) => `data:image/jpeg;base64,${btoa(text)}`
  const others = [
    shown.wish('dusk', address('one')),
    shown.wish('dusk', address('two')),
    shown.wish('own', address('two')),
    shown.wish('own', address('two')),
    shown.wish('own', address('three')),
    shown.wish('blur', address('three')),
  ]
  expect(others).toEqual([true, false, true, false, true, true])
  const picture = (text: string) => ({ kind: 'picture', bytes: new TextEncoder().encode(text) })
  expect(told).toEqual([{ kind: 'painted', name: 'dusk' }, picture('two'), picture('three'), { kind: 'blur' }])
  expect(shown.current).toEqual({ kind: 'blur' })
})
