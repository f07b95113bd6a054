/** What a look at this device says: `(await room.call.tools()).check()`. */
import type { CheckGroup, CheckLine, CheckResult } from '../core/check/findings.ts'

export type Check = {
  readonly lines: readonly CheckLine[]
  /** As a text to be passed on: without names, addresses or ids. */
  readonly report: string
}

export type { CheckGroup, CheckLine, CheckResult }
