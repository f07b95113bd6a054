import { expect, test } from 'vitest'
import { afterLoss, hasDefaultMoved, type LostDevice } from '../../../../src/core/call/lost-device.ts'

const device = (kind: MediaDeviceKind, deviceId: string, groupId = deviceId) => ({ kind, deviceId, groupId })
const others = [device('videoinput', 'other'), device('audioinput', 'other')]
const unplugged: LostDevice = { what: 'camera', permission: 'granted', deviceId: 'mine', listed: others }
const WAITS = { kind: 'wait', says: 'device-lost' }

test('[CALL-21] an unplugged device goes on when it is back; another microphone takes the place of one, another camera does not', () => {
  const back = { kind: 'open', device: { exact: 'mine' }, says: 'device-lost' }
  expect(afterLoss(unplugged)).toEqual(WAITS)
  expect(afterLoss({ ...unplugged, listed: [...others, device('videoinput', 'mine')] })).toEqual(back)
  const microphone: LostDevice = { ...unplugged, what: 'microphone' }
  expect(afterLoss(microphone)).toEqual({ kind: 'open', device: undefined, says: 'device-lost' })
  expect(afterLoss({ ...microphone, listed: [device('videoinput', 'mine')] })).toEqual(WAITS)
  expect(afterLoss({ ...microphone, listed: [...others, device('audioinput', 'mine')], permission: undefined })).toEqual(back)
})

test.each(['denied', 'prompt'] as const)('[CALL-22] nothing is opened while the permission is %s', (permission) => {
  const listed = [device('videoinput', 'mine'), device('audioinput', 'mine')]
  for (const what of ['camera', 'microphone'] as const) {
    expect(afterLoss({ what, permission, deviceId: 'mine', listed })).toEqual({ kind: 'wait', says: 'device-denied' })
  }
})

test('[CALL-27] the microphone that the system chooses is another one when its group is; one that a person chose stays', () => {
  const listed = [
    device('audiooutput', 'default', 'speaker'),
    device('audioinput', 'default', 'headset'),
    device('audioinput', 'a', 'headset'),
  ]
  expect(hasDefaultMoved({ deviceId: 'default', groupId: 'built in' }, listed)).toBe(true)
  expect(hasDefaultMoved({ deviceId: 'default', groupId: 'headset' }, listed)).toBe(false)
  expect(hasDefaultMoved({ deviceId: 'a', groupId: 'built in' }, listed)).toBe(false)
  expect(hasDefaultMoved({ deviceId: 'default', groupId: 'built in' }, [])).toBe(false)
})
