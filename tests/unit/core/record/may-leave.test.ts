import { expect, test } from 'vitest'
import { mayLeave } from '../../../../src/core/record/may-leave.ts'

const quiet = { microphone: false, camera: false, screen: false }
const here = { place: 'in', subRoom: undefined, hushed: quiet, confides: { voice: false, screen: false } } as const

test('[RECORD-9] what is hushed, whispered, or shown to some only does not leave the call', () => {
  expect(mayLeave(here, undefined)).toEqual({ voice: true, camera: true, screen: true })
  expect(mayLeave({ ...here, hushed: { ...quiet, microphone: true } }, undefined)).toEqual({ voice: false, camera: true, screen: true })
  expect(mayLeave({ ...here, hushed: { ...quiet, camera: true } }, undefined)).toEqual({ voice: true, camera: false, screen: true })
  expect(mayLeave({ ...here, hushed: { ...quiet, screen: true } }, undefined)).toEqual({ voice: true, camera: true, screen: false })
  expect(mayLeave({ ...here, confides: { voice: true, screen: false } }, undefined)).toEqual({ voice: false, camera: true, screen: true })
  expect(mayLeave({ ...here, confides: { voice: false, screen: true } }, undefined)).toEqual({ voice: true, camera: true, screen: false })
})

test('[RECORD-9] nothing leaves of who waits, was taken out, or is in another sub-room', () => {
  expect(mayLeave({ ...here, place: 'waiting' }, undefined)).toBeUndefined()
  expect(mayLeave({ ...here, place: 'removed' }, undefined)).toBeUndefined()
  expect(mayLeave({ ...here, subRoom: 'aside' }, undefined)).toBeUndefined()
  expect(mayLeave({ ...here, subRoom: 'aside' }, 'aside')).toBeDefined()
})
