import { expect, test } from 'vitest'
import { isFollowing, layoutNow, pickLayout } from '../../../../src/ui/call/layout-choice.ts'

test('[UI-51] a layout set for everybody is followed; picking another holds against that one and not against the next', () => {
  const mine = pickLayout('grid', undefined)
  expect([layoutNow(mine, undefined), layoutNow(mine, 'speaker')]).toEqual(['grid', 'speaker'])
  const own = pickLayout('side-by-side', 'speaker')
  expect(['speaker', 'share', undefined].map((pushed) => layoutNow(own, pushed as 'speaker' | 'share' | undefined))).toEqual([
    'side-by-side',
    'share',
    'side-by-side',
  ])
  expect([isFollowing(mine, 'speaker'), isFollowing(own, 'speaker'), isFollowing(own, undefined)]).toEqual([true, false, false])
})
