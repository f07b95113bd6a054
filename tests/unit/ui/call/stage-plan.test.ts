import { expect, test } from 'vitest'
import { wayOf } from '../../../../src/ui/call/stage-plan.ts'

test('[UI-53] two have the whole width unless a side was chosen', () => {
  expect([wayOf('side-by-side', 'fit').place, wayOf('side-by-side', 'end').place, wayOf('grid', 'fit').place]).toEqual([
    'top',
    'end',
    'fit',
  ])
})
