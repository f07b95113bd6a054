/** The decisions of the real planner that these simulations run, in one value: a planted bug replaces one of them. */
import { chooseLayout } from '../../../src/core/storage/choose-layout.ts'
import { factsOf } from '../../../src/core/storage/device-facts.ts'
import { judgeObject } from '../../../src/core/storage/judge-object.ts'
import { planObject } from '../../../src/core/storage/plan-object.ts'

export const SOUND_PLANNER = { layout: chooseLayout, plan: planObject, judge: judgeObject, facts: factsOf }

export type PlannerBrain = typeof SOUND_PLANNER
