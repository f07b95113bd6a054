/** A profile as people and programs write it. */
import { DEFAULT_PROFILE, type Profile, parseProfile } from '../../core/storage/profile.ts'
import { RoomError } from '../../protocol/errors.ts'

/** Throws `profile-invalid`. */
export function profileOf(text = DEFAULT_PROFILE): Profile {
  const profile = typeof text === 'string' ? parseProfile(text) : undefined
  if (profile === undefined) throw new RoomError('profile-invalid', String(text))
  return profile
}
