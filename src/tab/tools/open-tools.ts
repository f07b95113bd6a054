/** The tools of a call in this tab, made once. */
import type { CallTools } from '../../ports/tools.ts'
import { RoomCompanion } from '../companion/open-companion.ts'
import { openDoors } from '../doors/open-doors.ts'
import { ownBackground } from '../effects/own-background.ts'
import { CallRecorder } from '../record/open-recorder.ts'
import { SharedOnce } from '../record/shared-once.ts'
import { SideTalk } from '../side/side-talk.ts'
import { openWatch } from '../watch/open-watch.ts'
import { lookBack } from './look-back.ts'
import type { ToolParts } from './parts.ts'

export function openTools(given: Omit<ToolParts, 'side' | 'composites'>): CallTools {
  const { links, clock, signal, presence } = given
  const composites: ToolParts['composites'] = new SharedOnce((count) => presence.setComposes(count))
  const parts: ToolParts = { ...given, side: new SideTalk(links, clock, signal), composites }
  return {
    watch: openWatch(parts),
    recorder: new CallRecorder(parts),
    doors: openDoors(parts),
    companion: new RoomCompanion(parts),
    ownBackground: ownBackground(() => localStorage),
    lookBack: lookBack(parts),
    check: async () => (await import('../check/check-device.ts')).checkDevice(parts),
  }
}
