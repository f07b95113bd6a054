/** The decisions of the real meeting that these simulations run: a planted bug replaces one of them. */
import { checkPlan } from '../../../src/core/call/overlay/check-plan.ts'
import { chooseWants } from '../../../src/core/call/overlay/choose-wants.ts'
import { stepConductor } from '../../../src/core/call/overlay/conduct.ts'
import { findParents } from '../../../src/core/call/overlay/find-parents.ts'
import { planMeeting } from '../../../src/core/call/overlay/plan-meeting.ts'
import { isReadyToPlan } from '../../../src/core/call/overlay/ready-to-plan.ts'
import { starves } from '../../../src/core/call/overlay/starves.ts'
import { weighCarriers } from '../../../src/core/call/overlay/weigh-carriers.ts'

export const MEETING_BRAIN = {
  wants: chooseWants,
  conduct: stepConductor,
  starves,
  isReady: isReadyToPlan,
  planMeeting,
  weigh: weighCarriers,
  check: checkPlan,
  parents: findParents,
}
