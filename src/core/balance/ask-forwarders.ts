/**
 * From whom streams are taken when the way a plan or a source names does not serve this device: whoever can be reached
 * is asked for what a source that cannot be reached sends; and a device that redirects fail for stays with the source.
 */
import type { MediaId } from '../../protocol/media.ts'
import type { Want } from '../../protocol/media-worker.ts'

export type Reaching = {
  /** Tabs that a link of this tab is open to. */
  readonly reachable: ReadonlySet<MediaId>
  /** Whom to ask for what a source sends, the best first: all of them reachable. */
  readonly forwardersFor: (source: MediaId) => readonly MediaId[]
  /** Redirects work for this device, as far as it knows. */
  readonly takesRedirects: boolean
}

export function askForwarders(wants: readonly Want[], { reachable, forwardersFor, takesRedirects }: Reaching): readonly Want[] {
  return wants.map((want) => {
    const { source, parent, standby } = want
    if (reachable.has(source)) {
      const isMoved = parent !== source && !takesRedirects
      return isMoved ? { ...want, parent: source, standby: parent } : want
    }
    if (reachable.has(parent)) return want
    const named = standby !== undefined && reachable.has(standby) ? [standby] : []
    const [first, second] = [...new Set([...forwardersFor(source).filter((id) => id !== source), ...named])]
    return first === undefined ? want : { ...want, parent: first, standby: second }
  })
}
