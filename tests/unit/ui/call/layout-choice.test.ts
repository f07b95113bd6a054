import { expect, test } from 'vitest'
import { isFollowing, layoutNow, type Pushed, pickLayout } from '../../../../src/ui/call/layout-choice.ts'

const nothing: Pushed = { layout: undefined, layoutTurn: 0 }
const speaker: Pushed = { layout: 'speaker', layoutTurn: 4 }
const share: Pushed = { layout: 'share', layoutTurn: 5 }

test('[UI-51] a layout set for everybody is followed; picking another holds against that one and not against the next', () => {
  const mine = pickLayout('grid', nothing)
  expect([layoutNow(mine, nothing), layoutNow(mine, speaker)]).toEqual(['grid', 'speaker'])
  const own = pickLayout('side-by-side', speaker)
  expect([speaker, share, { ...nothing, layoutTurn: 6 }].map((pushed) => layoutNow(own, pushed))).toEqual([
    'side-by-side',
    'share',
    'side-by-side',
  ])
  expect([isFollowing(mine, speaker), isFollowing(own, speaker), isFollowing(own, nothing)]).toEqual([true, false, false])
})

test('[UI-51] the same layout pushed again is a new one', () => {
  const own = pickLayout('grid', speaker)
  expect([layoutNow(own, speaker), layoutNow(own, { ...speaker, layoutTurn: 7 })]).toEqual(['grid', 'speaker'])
})
