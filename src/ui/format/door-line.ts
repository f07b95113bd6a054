/** What happens to somebody who joins now, said before they press. Whoever moderates comes in whatever the door says. */
import type { SessionState } from '../../ports/asterism.ts'

export function doorLine({ mayModerate, locked, lobby }: Pick<SessionState, 'mayModerate' | 'locked' | 'lobby'>): string {
  if (mayModerate) return ''
  if (locked) return 'The call is locked: nobody new comes in now.'
  return lobby ? 'You knock first, and somebody lets you in.' : ''
}
