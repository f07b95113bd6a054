/** Tells the worker what nobody sends, passes on or plays, and who is sent nothing; only when it differs. */
import type { Passage } from '../../core/session/who-hears.ts'
import { mediaIdOf, type StreamId } from '../../protocol/media.ts'
import type { MediaWorker } from './media-worker.ts'

export class Enforcement {
  readonly #media: MediaWorker
  #said = '[[],[]]'

  constructor(media: MediaWorker) {
    this.#media = media
  }

  tell({ silenced, barred }: Passage): void {
    const hushed = [...silenced].flatMap(([tab, layers]) => layers.map((layer): StreamId => ({ source: mediaIdOf(tab), layer })))
    const hops = barred.map(mediaIdOf)
    const said = JSON.stringify([hushed, hops])
    if (said === this.#said) return
    this.#said = said
    this.#media.post({ t: 'hush', hushed })
    this.#media.post({ t: 'bar', hops })
  }
}
