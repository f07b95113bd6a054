/** Side messages between two tabs that take a while, encoded and parsed as on the wire; one clock moves both. */
import { encodeFrame, parseFrame } from '../../../../src/protocol/frame.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { SIDE_FRAME_BYTES } from '../../../../src/protocol/limits.ts'
import { type SideMessage, sideMessage } from '../../../../src/protocol/side-talk.ts'
import type { From, SideTalk } from '../../../../src/tab/side/side-talk.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

export type Side = Pick<SideTalk, 'tell' | 'onMessage'>

export function sideTalkOf(one: TabId, other: TabId, wayMs: number) {
  const clock = new ManualClock()
  const listeners = new Map<TabId, Set<(from: From, message: SideMessage) => void>>([
    [one, new Set()],
    [other, new Set()],
  ])
  const sideOf = (me: TabId): Side => ({
    tell(tab, message) {
      const to = listeners.get(tab)
      if (to === undefined) return false
      const frame = encodeFrame(message)
      clock.after(wayMs, () => {
        const parsed = parseFrame(frame, sideMessage, SIDE_FRAME_BYTES)
        if (parsed.kind === 'ok') for (const listener of to) listener({ tab: me, device: me as string as DeviceId }, parsed.message)
      })
      return true
    },
    onMessage(listener) {
      listeners.get(me)?.add(listener)
      return () => listeners.get(me)?.delete(listener)
    },
  })
  return { ann: sideOf(one), ben: sideOf(other), clock, run: (ms: number) => clock.advance(ms) }
}
