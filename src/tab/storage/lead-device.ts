/**
 * One tab of a device replicates for all of them: the holder of a Web Lock. When it closes, freezes or crashes the
 * browser gives the lock to the next.
 */
import type { RoomId } from '../../protocol/ids.ts'

export function leaderLock(room: RoomId): string {
  return `asterism-leader-${room}`
}

export function leadDevice(room: RoomId, locks: LockManager | undefined, signal: AbortSignal, onLead: () => void): void {
  if (locks === undefined) {
    onLead()
    return
  }
  const hold = () =>
    new Promise<void>((resolve) => {
      onLead()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  // Rejects only when the signal ends the wait.
  locks.request(leaderLock(room), { signal }, hold).catch(() => undefined)
}
