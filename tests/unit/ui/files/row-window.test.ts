import { expect, test } from 'vitest'
import { rowWindow } from '../../../../src/ui/files/row-window.ts'

test('[UI-12] of 10,000 rows the ones in sight and a few around them are drawn', () => {
  expect(rowWindow(10_000, 72, 0, 720)).toEqual({ from: 0, to: 22 })
  expect(rowWindow(10_000, 72, 72_000, 720)).toEqual({ from: 988, to: 1022 })
})

test('[UI-12] the window stays inside the list, also when the list shrank under it or the page bounces', () => {
  expect(rowWindow(10_000, 72, 720_000, 720)).toEqual({ from: 9988, to: 10_000 })
  expect(rowWindow(5, 72, 90_000, 720)).toEqual({ from: 5, to: 5 })
  expect(rowWindow(5, 72, -300, 720)).toEqual({ from: 0, to: 5 })
  expect(rowWindow(0, 72, 0, 720)).toEqual({ from: 0, to: 0 })
})
