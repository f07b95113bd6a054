/**
 * From whom streams are taken when the way a plan or a source names does not serve this device: what a source sends that is not
 * to be had straight is asked of those who pass it on, in the order that was learned; and a device that redirects fail
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
    const [first, second] = forwardersFor(source).filter((id) => id !== source)
    if (first !== undefined) return { ...want, parent: first, standby: second ?? standbyOf(want, first, reachable.has(source)) }
    const isMoved = reachable.has(source) && parent !== source && !takesRedirects
    return isMoved ? { ...want, parent: source, standby: parent } : want
  })
}

/** Nobody else was found worth to be asked. Beside the first anybody is better than nobody: asked is that one only when the first falls silent. */
function standbyOf({ source, parent, standby }: Want, first: MediaId, isLinked: boolean): MediaId | undefined {
  return isLinked ? source : [parent, standby].find((id) => id !== first && id !== source)
}

/** The longest round trip that facts can tell: whoever plans has another pass on, while there is another. */
const FAREST_MS = 60_000

/** How far the others are as the conductor is told: who passed nothing on lately is at the end of the world, and so is everybody where redirects fail. */
export function tellRtts(
  rtts: readonly (readonly [MediaId, number])[],
  takesRedirects: boolean,
  mayTakeFrom: (id: MediaId) => boolean,
): [MediaId, number][] {
  return rtts.map(([id, rttMs]) => [id, takesRedirects && mayTakeFrom(id) ? rttMs : FAREST_MS])
}

/** Of whom the plan has this tab take a picture of a source; undefined: of nobody, or who cannot be reached. */
export function plannedParent(plan: MeetingPlan | undefined, self: MediaId, source: MediaId, reach: Reach): MediaId | undefined {
  const pictures = (plan?.streams ?? []).filter(
    (stream) => stream.source === source && stream.layer !== 'audio' && stream.layer !== 'screen-audio',
  )
  const edges = pictures.flatMap(({ edges }) => edges)
  return edges.find(([child, parent]) => child === self && reach.direct.has(parent))?.[1]
}

/** Who may pass on what a source sends: those with links to both, and whom the plan names. */
export function waysRound(source: MediaId, self: MediaId, reach: Reach, planned: MediaId | undefined): readonly MediaId[] {
  const bridges = bridgesTo(source, self, reach)
  return planned === undefined ? bridges : [planned, ...bridges.filter((id) => id !== planned)]
}

/** Of a source that is full: those who have it by the plan, so that it sends no more for this. */
export function carriersOf(plan: MeetingPlan | undefined, self: MediaId, source: MediaId, reach: Reach): readonly MediaId[] {
  const edges = (plan?.streams ?? []).flatMap((stream) => (stream.source === source ? stream.edges : []))
  return [...new Set(edges.flatMap(([child, parent]) => [parent, child]))].filter(
    (id) => id !== self && id !== source && reach.direct.has(id),
  )
}
