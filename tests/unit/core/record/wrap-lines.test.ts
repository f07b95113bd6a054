import { expect, test } from 'vitest'
import { wrapLines } from '../../../../src/core/record/wrap-lines.ts'

const wrap = (text: string, most = 9, width = 10) => wrapLines(text, most, (line) => [...line].length <= width)

test('[RECORD-27] words break at spaces, a word that is too long where it has to, and lines are kept', () => {
  expect(wrap('Break until three')).toEqual(['Break', 'until', 'three'])
  expect(wrap('We go on at 3')).toEqual(['We go on', 'at 3'])
  expect(wrap('one\ntwo three')).toEqual(['one', 'two three'])
  expect(wrap('a abcdefghijklm b')).toEqual(['a abcdefgh', 'ijklm b'])
  expect(wrap('休憩は三時までです。また後で')).toEqual(['休憩は三時までです。', 'また後で'])
})

test('[RECORD-27] what has no line is cut, which is seen', () => {
  expect(wrap('one two three four five', 2)).toEqual(['one two', 'three four…'])
  expect(wrap('', 2)).toEqual([''])
})
