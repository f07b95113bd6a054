/** The tools of a call in this tab, made once. */
import type { CallTools } from '../../ports/tools.ts'
import { RoomCompanion } from '../companion/open-companion.ts'
import { openDoors } from '../doors/open-doors.ts'
import { SideTalk } from '../side/side-talk.ts'
import type { ToolParts } from './parts.ts'
import { openWatch } from '../watch/open-watch.ts'

export function openTools(given: Omit<ToolParts, 'side'>): CallTools {
  const parts: ToolParts = { ...given, side: new SideTalk(given.links, given.clock, given.signal) }
  return {
    watch: openWatch(parts),
    get recorder(): never {
      throw new Error('not there yet')
    },
    doors: openDoors(parts),
    companion: new RoomCompanion(parts),
  }
}
