/** Puts this tab's tracks on the links of those in the call who may have them, and gathers theirs. */
import type { Passage } from '../../core/session/who-hears.ts'
import type { RemoteMedia } from '../../ports/asterism.ts'
import type { Link, Links } from '../../ports/link.ts'
import type { OutgoingTracks, SealedMedia } from '../../ports/meeting.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { Layer } from '../../protocol/media.ts'
import { PLAIN_KINDS } from '../../protocol/signal.ts'

export const NO_TRACKS: OutgoingTracks = { microphone: null, camera: null, screen: null, 'screen-audio': null }

/** Who gets each track has the key of these layers; a plain camera comes in full or not at all. */
const KEY_OF = { microphone: 'audio', camera: 'main', screen: 'screen', 'screen-audio': 'screen' } as const

/** `participants`: those who know plain tracks only. */
export function sendTracks(links: Links, participants: readonly TabId[], tracks: OutgoingTracks, audience: Passage['audience']): void {
  for (const link of links.all()) {
    for (const kind of PLAIN_KINDS) {
      const isFor = participants.includes(link.peer) && audience[KEY_OF[kind]].tabs.includes(link.peer)
      const track = isFor ? tracks[kind] : null
      if (track !== undefined) link.setOutgoing(kind, track)
    }
  }
}

/** What this person may send now. */
export function withoutHushed(tracks: OutgoingTracks, { microphone, camera, screen }: Passage['hushed']): OutgoingTracks {
  return {
    microphone: microphone ? null : tracks.microphone,
    camera: camera ? null : tracks.camera,
    screen: screen ? null : tracks.screen,
    'screen-audio': screen ? null : tracks['screen-audio'],
  }
}

/** The same array as `before` when nothing changed. */
export function gatherRemote(
  tabs: readonly TabId[],
  read: (tab: TabId) => RemoteMedia,
  before: readonly RemoteMedia[],
): readonly RemoteMedia[] {
  const known = new Map(before.map((media) => [media.tab, media]))
  const remote = tabs.map((tab) => keepSame(known.get(tab), read(tab)))
  const isSame = remote.length === before.length && remote.every((media, i) => media === before[i])
  return isSame ? before : remote
}

/** `sealed`: pictures and voices of one who sends them sealed. What may not be taken is not there, whatever is sent. */
export function readRemote(
  tab: TabId,
  link: Link | undefined,
  sealed: SealedMedia | undefined,
  takes: ReadonlySet<Layer> | undefined,
): RemoteMedia {
  const incoming = link?.incoming
  const isSealed = sealed !== undefined
  const only = (layer: Layer, track: MediaStreamTrack | undefined) => (takes?.has(layer) ? track : undefined)
  return {
    tab,
    microphone: only('audio', isSealed ? sealed.microphone : incoming?.get('microphone')),
    camera: only('thumb', isSealed ? sealed.camera : incoming?.get('camera')),
    screen: only('screen', isSealed ? sealed.screen : incoming?.get('screen')),
    screenAudio: only('screen-audio', isSealed ? sealed.screenAudio : incoming?.get('screen-audio')),
    seal: isSealed ? sealed.seal : 'direct',
    through: sealed?.through,
  }
}

function keepSame(before: RemoteMedia | undefined, now: RemoteMedia): RemoteMedia {
  const fields = ['microphone', 'camera', 'screen', 'screenAudio', 'seal', 'through'] as const
  return before !== undefined && fields.every((field) => before[field] === now[field]) ? before : now
}
