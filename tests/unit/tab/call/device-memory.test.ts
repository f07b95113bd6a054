import { expect, test } from 'vitest'
import { deviceMemory } from '../../../../src/tab/call/device-memory.ts'

const CHOICE = { microphone: 'headset', camera: '', speaker: 'desk', noise: 'on', background: 'blur' } as const

function storageOf(kept = new Map<string, string>()) {
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
}

test('[CALL-12] the choice of devices is there on the next visit', () => {
  const storage = storageOf()
  deviceMemory(() => storage).save(CHOICE)
  expect(deviceMemory(() => storage).load()).toEqual(CHOICE)
})

test.each(['nonsense', '{"microphone":7}', '[]'])('[CALL-12] what is no choice is as good as none: %s', (text) => {
  const storage = storageOf(new Map([['asterism.devices', text]]))
  expect(deviceMemory(() => storage).load()).toBeUndefined()
})

test('[CALL-12] a browser that keeps nothing does not stop the call', () => {
  const memory = deviceMemory(() => {
    throw new Error('denied')
  })
  memory.save(CHOICE)
  expect(memory.load()).toBeUndefined()
})

test('[EFFECTS-7] who chose devices before there were effects wishes none', () => {
  const storage = storageOf(new Map([['asterism.devices', '{"microphone":"headset","camera":"","speaker":"desk"}']]))
  expect(deviceMemory(() => storage).load()).toEqual({ ...CHOICE, noise: 'off', background: 'none' })
})
