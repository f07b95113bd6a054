/** The polls of one device as it says them again: all of its polls are one act, and of those that are closed what they came to stays. */
import type { OpenedPoll } from '../../core/session/fold-control.ts'
import type { Poll } from '../../ports/session.ts'
import type { SayingOf } from '../../protocol/control.ts'
import type { DeviceId } from '../../protocol/ids.ts'

export function ownPolls(polls: readonly OpenedPoll[], by: DeviceId): SayingOf<'polls'>['polls'] {
  const mine = polls.filter((poll) => poll.by === by)
  return mine.map(({ id, question, options, choices, isOpen, counts }) => ({
    id,
    question,
    options: [...options],
    choices,
    isOpen,
    ...(counts === undefined ? {} : { counts: [...counts] }),
  }))
}

/** What is on the screen when a poll is closed stays: who votes late, or anew, finds it counted. */
export function countsOf(shown: readonly Poll[], name: string): { readonly counts?: number[] } {
  const poll = shown.find(({ id }) => id === name)
  return poll === undefined ? {} : { counts: poll.options.map(({ votes }) => votes) }
}
