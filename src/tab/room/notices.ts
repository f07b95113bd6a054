/** What went wrong and was survived, for people: the newest few, equal ones not twice in a row. */
import type { Notice } from '../../ports/asterism.ts'
import { ERROR_SENTENCES, type RoomErrorCode } from '../../protocol/errors.ts'
import { NOTICES } from '../../protocol/limits.ts'

export type NoticeBoard = {
  all(): readonly Notice[]
  post(code: RoomErrorCode, nowMs: number): void
  dismiss(id: string): void
  /** It is so no more. */
  withdraw(code: RoomErrorCode): void
}

export function noticeBoard(changed: () => void): NoticeBoard {
  let notices: readonly Notice[] = []
  let count = 0
  const keep = (isKept: (notice: Notice) => boolean) => {
    const kept = notices.filter(isKept)
    if (kept.length === notices.length) return
    notices = kept
    changed()
  }
  return {
    all: () => notices,
    post(code, atMs) {
      const others = notices.filter((notice) => notice.code !== code)
      notices = [...others, { id: `notice-${++count}`, code, text: ERROR_SENTENCES[code], atMs }].slice(-NOTICES)
      changed()
    },
    dismiss: (id) => keep((notice) => notice.id !== id),
    withdraw: (code) => keep((notice) => notice.code !== code),
  }
}
