/**
 * Who may say what in a meeting, by the roles of the room as they are now: a moderator who leaves keeps his word, one who is
 * no moderator any more loses it. About themselves everybody may speak.
 */
import { OWN_KINDS, type SignedAct } from '../../protocol/control.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { Role } from '../../protocol/membership.ts'

export type Roles = ReadonlyMap<DeviceId, Role>

/** What nobody but the owner says of the owner. */
const AGAINST: ReadonlySet<string> = new Set(['entry', 'hush-microphone', 'hush-camera', 'hush-screen'])

export function isGoverning(role: Role | undefined): boolean {
  return role === 'owner' || role === 'moderator'
}

export function hasSay({ kind, subject, by }: Pick<SignedAct, 'kind' | 'subject' | 'by'>, roles: Roles): boolean {
  const role = roles.get(by)
  if (role === undefined) return false
  if (OWN_KINDS.has(kind)) return subject === ''
  if (!isGoverning(role)) return false
  return !AGAINST.has(kind) || roles.get(subject as DeviceId) !== 'owner' || role === 'owner'
}
