/** By which line the voices of others come: of their own link, or a slot of somebody who passes them on. */
import type { Links } from '../../ports/link.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { MediaId } from '../../protocol/media.ts'
import type { MediaNews, VoiceLayer, VoiceLine, VoiceWay } from '../../protocol/media-worker.ts'
import type { LineKind } from '../../protocol/signal.ts'

export const LINE_OF: Readonly<Record<VoiceLine, LineKind>> = {
  audio: 'voice',
  'screen-audio': 'screen-voice',
  'slot-1': 'slot-1',
  'slot-2': 'slot-2',
  'slot-3': 'slot-3',
}

export class Voices {
  readonly #links: Links
  readonly #tabOf: (id: MediaId) => TabId | undefined
  readonly #ways = new Map<string, VoiceWay>()

  constructor(links: Links, tabOf: (id: MediaId) => TabId | undefined) {
    this.#links = links
    this.#tabOf = tabOf
  }

  /** True when a voice comes by another line than before. */
  hear(news: MediaNews): boolean {
    if (news.t !== 'voice-from') return false
    const key = keyOf(news.source, news.layer)
    if (news.way === undefined) this.#ways.delete(key)
    else this.#ways.set(key, news.way)
    return true
  }

  /** Until a voice was heard, the line on which it would come of itself: no first word is missed. */
  track(source: MediaId, layer: VoiceLayer): MediaStreamTrack | undefined {
    const { hop, line } = this.#ways.get(keyOf(source, layer)) ?? { hop: source, line: layer }
    const tab = this.#tabOf(hop)
    return tab === undefined ? undefined : this.#links.get(tab)?.incoming.get(LINE_OF[line])
  }

  /** Who passes this person's voice on; undefined: nobody, or nothing comes. */
  through(source: MediaId): MediaId | undefined {
    const hop = this.#ways.get(keyOf(source, 'audio'))?.hop
    return hop === source ? undefined : hop
  }
}

function keyOf(source: MediaId, layer: VoiceLayer): string {
  return `${source} ${layer}`
}
