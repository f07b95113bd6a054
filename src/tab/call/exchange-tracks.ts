/** Puts this tab's tracks on the links of the others in the call, and gathers theirs. */
import type { RemoteMedia } from '../../ports/asterism.ts'
import type { Link, Links } from '../../ports/link.ts'
import type { OutgoingTracks, SealedMedia } from '../../ports/meeting.ts'
import type { TabId } from '../../protocol/ids.ts'
import { PLAIN_KINDS } from '../../protocol/signal.ts'

export const NO_TRACKS: OutgoingTracks = { microphone: null, camera: null, screen: null, 'screen-audio': null }

/** `participants`: those who know plain tracks only. */
export function sendTracks(links: Links, participants: readonly TabId[], tracks: OutgoingTracks): void {
  for (const link of links.all()) {
    const outgoing = participants.includes(link.peer) ? tracks : NO_TRACKS
    for (const kind of PLAIN_KINDS) {
      const track = outgoing[kind]
      if (track !== undefined) link.setOutgoing(kind, track)
    }
  }
}

/** The same array as `before` when nothing changed. `sealed` knows the pictures of those who send them sealed. */
export function gatherRemote(
  links: Links,
  participants: readonly TabId[],
  sealed: (tab: TabId) => SealedMedia | undefined,
  before: readonly RemoteMedia[],
): readonly RemoteMedia[] {
  const known = new Map(before.map((media) => [media.tab, media]))
  const remote = participants.map((tab) => keepSame(known.get(tab), readRemote(tab, links.get(tab), sealed(tab))))
  const isSame = remote.length === before.length && remote.every((media, i) => media === before[i])
  return isSame ? before : remote
}

function readRemote(tab: TabId, link: Link | undefined, sealed: SealedMedia | undefined): RemoteMedia {
  const incoming = link?.incoming
  if (sealed !== undefined) {
    return { tab, ...sealed, microphone: incoming?.get('voice'), screenAudio: incoming?.get('screen-voice') }
  }
  return {
    tab,
    microphone: incoming?.get('microphone'),
    camera: incoming?.get('camera'),
    screen: incoming?.get('screen'),
    screenAudio: incoming?.get('screen-audio'),
    seal: 'direct',
    through: undefined,
  }
}

function keepSame(before: RemoteMedia | undefined, now: RemoteMedia): RemoteMedia {
  const fields = ['microphone', 'camera', 'screen', 'screenAudio', 'seal', 'through'] as const
  return before !== undefined && fields.every((field) => before[field] === now[field]) ? before : now
}
