import { expect, test } from 'vitest'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import { clockOf, onTopOf, overlaysOf, STANDS } from '../../../../src/ui/watch/show-words.ts'

const ANN = 'ann' as DeviceId

test('[WATCH-12] what a panel puts on a show is what it finds there again', () => {
  for (const stand of STANDS) {
    const onTop = { device: ANN, stand, text: 'Hello', poll: 'ann.p' }
    expect(onTopOf(overlaysOf(onTop))).toEqual(onTop)
  }
  expect(overlaysOf({ device: ANN, stand: 'beside', text: '  ', poll: undefined })).toEqual([{ kind: 'split', device: ANN }])
  expect(overlaysOf(onTopOf([]))).toEqual([])
})

test('[WATCH-12] times are said as on any player', () => {
  expect([0, 999, 61_000, 3_723_000, -5].map(clockOf)).toEqual(['0:00', '0:00', '1:01', '1:02:03', '0:00'])
})
