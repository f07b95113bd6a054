/**
 * What becomes of a camera or microphone that ended while it was wanted. Of the same device one goes on by itself. Another microphone takes
 * the place of one, because who speaks must not be cut off; another camera would show what nobody chose to show.
 */
export type LostDevice = {
  readonly what: 'microphone' | 'camera'
  /** undefined where the browser does not tell. */
  readonly permission: 'granted' | 'denied' | 'prompt' | undefined
  readonly isBack: boolean
  readonly hasOther: boolean
}

export type AfterLoss = 'reopen' | 'replace' | 'wait' | 'denied'

/** Where the browser would ask, it is not made to: somebody has just said no. */
export function afterLoss({ what, permission, isBack, hasOther }: LostDevice): AfterLoss {
  if (permission !== undefined && permission !== 'granted') return 'denied'
  if (isBack) return 'reopen'
  return what === 'microphone' && hasOther ? 'replace' : 'wait'
}
