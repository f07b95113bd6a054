import { expect, test } from 'vitest'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { chatParts, fileLink } from '../../../../src/ui/chat/file-links.ts'

const ID = 'AAAAAAAAAAAAAAAAAAAAAQ' as FileId

test('[UI-59] a link names its file and is read back, whatever the name', () => {
  for (const name of ['plan.png', 'a](file:x) b.txt', '<img onerror=1>.png', 'דוח [1].pdf'])
    expect(chatParts(fileLink({ id: ID, name }))).toEqual([{ kind: 'file', id: ID, name }])
})

test('[UI-59] other text stays as it was written, lines and all', () => {
  const written = 'Look:\n\n[plan](file:short)\n [plan](file:AAAAAAAAAAAAAAAAAAAAAQ)'
  expect(chatParts(written)).toEqual([{ kind: 'text', text: written }])
  expect(chatParts(`Here\nit is\n${fileLink({ id: ID, name: 'a' })}\nYours`)).toEqual([
    { kind: 'text', text: 'Here\nit is' },
    { kind: 'file', id: ID, name: 'a' },
    { kind: 'text', text: 'Yours' },
  ])
})
