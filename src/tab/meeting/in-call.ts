/** What presence and links say of the others in the call; and a call that this tab is not in. */
import type { Participant } from '../../core/call/overlay/conduct.ts'
import type { Reach } from '../../core/call/overlay/find-parents.ts'
import type { Links } from '../../ports/link.ts'
import type { MeetingScene } from '../../ports/meeting.ts'
import type { Presence } from '../../ports/room-state.ts'
import type { TabId } from '../../protocol/ids.ts'
import { type Layer, type MediaId, mediaIdOf } from '../../protocol/media.ts'
import type { PresenceRecord } from '../../protocol/room-state.ts'
import { NO_TRACKS } from '../call/exchange-tracks.ts'

const NOBODY = { tabs: [], scope: '' }

export const OUT_OF_CALL: MeetingScene = {
  isIn: false,
  participants: [],
  outgoing: NO_TRACKS,
  isSpeaking: false,
  level: 0,
  visible: undefined,
  giving: { passesOn: false, uplinkKbps: undefined },
  passage: {
    isIn: false,
    present: [],
    barred: [],
    audience: { thumb: NOBODY, main: NOBODY, audio: NOBODY, screen: NOBODY },
    takes: new Map(),
    silenced: new Map(),
    hushed: { microphone: false, camera: false, screen: false },
  },
}

export function callOf(presence: Presence, tab: TabId): NonNullable<PresenceRecord['call']> | undefined {
  return presence.all().get(tab)?.call ?? undefined
}

/** In the call or not. */
export function memberOf(presence: Presence, id: MediaId): TabId | undefined {
  return [...presence.all().keys()].find((tab) => mediaIdOf(tab) === id)
}

export function layersOf(presence: Presence, tab: TabId): readonly Layer[] {
  const call = callOf(presence, tab)
  return [
    ...(call?.microphone ? (['audio'] as const) : []),
    ...(call?.camera ? (['thumb', 'main'] as const) : []),
    ...(call?.screen ? (['screen', 'screen-audio'] as const) : []),
  ]
}

export function attendanceOf(presence: Presence, tab: TabId): readonly Participant[] {
  const call = callOf(presence, tab)
  return call === undefined ? [] : [{ id: mediaIdOf(tab), conducts: call.conducts, isSteady: call.steady, sinceMs: call.sinceMs }]
}

export function reachOf(presence: Presence, links: Links, participants: readonly TabId[]): Reach {
  const all = presence.all()
  return {
    direct: new Set(participants.filter((tab) => links.get(tab)?.state === 'connected').map(mediaIdOf)),
    sees: new Map(participants.map((tab) => [mediaIdOf(tab), new Set((all.get(tab)?.sees ?? []).map(mediaIdOf))])),
  }
}
