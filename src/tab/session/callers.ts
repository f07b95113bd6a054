/** Who is in the call with this tab, as what is decided of them is read by: presence says when each came in. */
import { otherParticipants } from '../../core/call/participants.ts'
import type { Caller } from '../../core/session/who-hears.ts'
import type { Links } from '../../ports/link.ts'
import type { Presence } from '../../ports/room-state.ts'
import type { PresenceRecord } from '../../protocol/room-state.ts'

export type Callers = { readonly isInCall: boolean; readonly self: Caller; readonly others: readonly Caller[] }

export function callersOf(presence: Presence, links: Links): Callers {
  const { tab: me, device } = presence.self
  const all = presence.all()
  const call = all.get(me)?.call ?? undefined
  const others = otherParticipants(me, all, call !== undefined).map((tab): Caller => {
    const record = all.get(tab) as PresenceRecord
    // A link is bound to its device; of tabs without one it is hearsay, and nothing goes to them.
    return { tab, device: links.get(tab)?.device ?? record.device, sinceMs: record.call?.sinceMs ?? 0 }
  })
  return { isInCall: call !== undefined, self: { tab: me, device, sinceMs: call?.sinceMs ?? 0 }, others }
}
