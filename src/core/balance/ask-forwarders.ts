/**
 * From whom streams are taken when the way a plan or a source names does not serve this device: what a source sends that
 * cannot be reached is asked of those who pass it on, in the order that was learned; and a device that redirects fail
 * for stays with the source.
 */
import type { MediaId } from '../../protocol/media.ts'
import type { Want } from '../../protocol/media-worker.ts'
import type { MeetingPlan } from '../../protocol/meeting.ts'
import { bridgesTo, type Reach } from '../call/overlay/find-parents.ts'

export type Reaching = {
  /** Tabs that a link of this tab is open to. */
  readonly reachable: ReadonlySet<MediaId>
  /** Whom to ask for what a source sends, the best first: all of them reachable. Nobody: as it is. */
  readonly forwardersFor: (source: MediaId) => readonly MediaId[]
  /** Redirects work for this device, as far as it knows. */
  readonly takesRedirects: boolean
}

export function askForwarders(wants: readonly Want[], { reachable, forwardersFor, takesRedirects }: Reaching): readonly Want[] {
  return wants.map((want) => {
    const { source, parent } = want
    if (reachable.has(source)) {
      const isMoved = parent !== source && !takesRedirects
      return isMoved ? { ...want, parent: source, standby: parent } : want
    }
    const [first, second] = forwardersFor(source).filter((id) => id !== source)
    return first === undefined ? want : { ...want, parent: first, standby: second }
  })
}

/** Who may be asked for what a source sends; nobody where a plan names whom to take it from: that is kept. */
export function unplannedBridges(plan: MeetingPlan | undefined, self: MediaId, reach: Reach): (source: MediaId) => readonly MediaId[] {
  const planned = new Set((plan?.streams ?? []).flatMap(({ source, edges }) => (edges.some(([child]) => child === self) ? [source] : [])))
  return (source) => (planned.has(source) ? [] : bridgesTo(source, self, reach))
}
