/** The one line under the header: the most important thing that is not as it should be, and what still works. */
import type { RoomStatus } from '../../ports/asterism.ts'

export function bannerText(status: Pick<RoomStatus, 'relay' | 'storage'>, isOnline: boolean, others: number): string | undefined {
  if (!isOnline) return 'You are offline. What this device keeps still opens; the rest goes on by itself when the network is back.'
  if (status.relay === 'unreachable') {
    return others > 0
      ? 'The meeting point cannot be reached. People here stay connected; newcomers come in as soon as it is back.'
      : 'The meeting point cannot be reached. Trying again by itself; what this device keeps still opens.'
  }
  if (status.storage === 'memory-only') return 'This browser keeps nothing. The room works, but what is here goes when this tab closes.'
  return undefined
}
