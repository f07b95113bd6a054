import { balanceCrowd } from '../balance/balance-crowd.ts'
import { meetingHostile } from '../meeting/meeting-hostile.ts'
import { meetingRoom } from '../meeting/meeting-room.ts'
import { meetingShared } from '../meeting/meeting-shared.ts'
import { meetingSmall } from '../meeting/meeting-small.ts'
import { meetingStorm } from '../meeting/meeting-storm.ts'
import type { Scenario } from '../scenario.ts'
import { glare } from './glare.ts'
import { helloHostile } from './hello-hostile.ts'
import { joinStorm } from './join-storm.ts'
import { partitionAndHeal } from './partition-and-heal.ts'
import { rowsWithCrashes } from './rows-with-crashes.ts'

export const SCENARIOS: readonly Scenario[] = [
  joinStorm,
  glare,
  partitionAndHeal,
  helloHostile,
  rowsWithCrashes,
  meetingSmall,
  meetingRoom,
  meetingStorm,
  meetingHostile,
  meetingShared,
  balanceCrowd,
]
