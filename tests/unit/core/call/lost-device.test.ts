import { expect, test } from 'vitest'
import { afterLoss, type LostDevice } from '../../../../src/core/call/lost-device.ts'

const unplugged: LostDevice = { what: 'camera', permission: 'granted', isBack: false, hasOther: true }

test('[CALL-21] an unplugged device goes on when it is back; another microphone takes the place of one, another camera does not', () => {
  expect(afterLoss(unplugged)).toBe('wait')
  expect(afterLoss({ ...unplugged, isBack: true })).toBe('reopen')
  const microphone: LostDevice = { ...unplugged, what: 'microphone' }
  expect(afterLoss(microphone)).toBe('replace')
  expect(afterLoss({ ...microphone, hasOther: false })).toBe('wait')
  expect(afterLoss({ ...microphone, isBack: true, permission: undefined })).toBe('reopen')
})

test.each(['denied', 'prompt'] as const)('[CALL-22] nothing is opened while the permission is %s', (permission) => {
  for (const what of ['camera', 'microphone'] as const) {
    expect(afterLoss({ what, permission, isBack: true, hasOther: true })).toBe('denied')
  }
})
