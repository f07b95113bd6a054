import type { TabId } from '../../protocol/ids.ts'
import { mediaIdOf } from '../../protocol/media.ts'
import type { Replay } from './replay-meeting.ts'

/** In the words of a look back those who are here stand as tabs. Who is not stays a number. */
export function nameTabs(replay: Replay, tabs: Iterable<TabId>): Replay {
  const known = new Map([...tabs].map((tab) => [`#${mediaIdOf(tab)}`, tab]))
  const named = (text: string) => text.replaceAll(/#\d+/g, (id) => known.get(id) ?? id)
  const policies = replay.policies.map((policy) => ({
    ...policy,
    differences: policy.differences.map(({ of, logged, replayed, ...rest }) => ({
      ...rest,
      of: named(of),
      logged: named(logged),
      replayed: named(replayed),
    })),
  }))
  return { ...replay, policies }
}
