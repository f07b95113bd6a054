/**
 * How the people of a call, shared screens and a show stand on one picture of 16 to 9, for all who look at it: as a moderator
 * set it for all, otherwise alike while they are few and one large when they are many, and what is shared before everybody.
 * Who waits is not among the people given.
 */
import type { PictureTile, PictureView } from '../../protocol/composite-worker.ts'
import type { SHARED_LAYOUTS, Show } from '../../protocol/control.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { SPOTLIGHTS } from '../../protocol/limits.ts'
import { planStage, type StagePlan } from '../call/plan-stage.ts'
import { inBlock, inGrid, inRows, type Placeless, type Size } from './place-tiles.ts'

export type Person = {
  readonly tab: TabId
  readonly device: DeviceId
  readonly name: string
  readonly hasCamera: boolean
  readonly hasScreen: boolean
  readonly isSpeaking: boolean
  /** Hushed: not to be seen by anybody. */
  readonly isHidden: boolean
}

export type PictureWish = {
  readonly people: readonly Person[]
  /** What is watched together, and who shows it. */
  readonly show: (Show & { readonly by: DeviceId; readonly tab: TabId; readonly name: string }) | undefined
  /** What a moderator set for all. */
  readonly layout: (typeof SHARED_LAYOUTS)[number] | undefined
  readonly spotlight: readonly DeviceId[]
  /** Who stands large when somebody does, then who did before. */
  readonly large: readonly TabId[]
  /** Who spoke last, the latest first. */
  readonly spoke: readonly TabId[]
}

/** More than these, and faces in a grid of 720 lines are too small to be known. */
const ALIKE = 9
/** What stands beside something large takes a fifth of the picture, and less of a page that is read: five or eight of them. */
const ASIDE = 0.2
const ASIDE_PAGE = 0.12
/** What is watched together stands large alone. */
const ALL_AROUND = { largeScreens: [], largePeople: [] }

export function widthOf(heightPx: number): number {
  return Math.round((heightPx * 16) / 9 / 2) * 2
}

/** What is watched comes first. */
export function arrangePicture(wish: PictureWish, size: Size): readonly PictureTile[] {
  const { people } = wish
  const film = filmOf(wish)
  const { largeScreens, largePeople } = film === undefined ? planFor(wish) : ALL_AROUND
  const faces = people.filter(({ isHidden }) => !isHidden).map(tileOf('camera'))
  const screens = people.filter(({ hasScreen }) => hasScreen).map(tileOf('screen'))
  const others = [...screens.filter(({ tab, view }) => tab !== film?.tab || view !== film.view), ...faces]
  const isLarge = ({ tab, view }: Placeless) => (view === 'screen' ? largeScreens : largePeople).includes(tab)
  const larges = [...(film === undefined ? [] : [film]), ...others.filter(isLarge)]
  const smalls = [...larges.splice(SPOTLIGHTS), ...others.filter((one) => !isLarge(one))]
  if (larges.length === 0) return inGrid(smalls, size)
  return aroundLarge(larges, smalls, wish, size)
}

export function tileOf(view: PictureView): (person: Person) => Placeless {
  return ({ tab, name, hasCamera, isSpeaking }) => ({ tab, view, name, hasPicture: view !== 'camera' || hasCamera, isSpeaking })
}

/** The film, or the screen that is watched. */
function filmOf({ people, show }: PictureWish): Placeless | undefined {
  const shower = people.find(({ device, hasScreen }) => device === show?.by && (hasScreen || show.source.kind === 'file'))
  if (show?.source.kind === 'share') return shower && tileOf('screen')(shower)
  return show && { tab: show.tab, view: 'show', name: show.name, hasPicture: true, isSpeaking: shower?.isSpeaking === true }
}

/** Who is not seen comes last: only their screen is there to be large. */
function planFor({ people, layout = 'grid', spotlight, large }: PictureWish): Pick<StagePlan, 'largeScreens' | 'largePeople'> {
  const seen = people.filter(({ isHidden }) => !isHidden)
  const standing = [...seen, ...people.filter(({ isHidden }) => isHidden)].map((one) => ({ ...one, isMe: false, isSpeaking: false }))
  const chosen = { pinned: [], spotlight: seen.filter(({ device }) => spotlight.includes(device)).map(({ tab }) => tab) }
  const plan = planStage(layout, standing, chosen, large)
  const isPlain = plan.largeScreens.length + plan.largePeople.length === 0
  return isPlain && seen.length > ALIKE ? planStage('speaker', standing, chosen, large) : plan
}

/** Beside what is large, or below two side by side: screens, and those who spoke last, in the order of the call so that they do not change places. */
function aroundLarge(
  larges: readonly Placeless[],
  others: readonly Placeless[],
  { layout, spoke, show }: PictureWish,
  size: Size,
): readonly PictureTile[] {
  if (others.length === 0) return inBlock(larges, { x: 0, y: 0, ...size })
  const part = layout === 'share' ? ASIDE_PAGE : ASIDE
  const rank = ({ tab, view }: Placeless) => (view === 'camera' ? (spoke.indexOf(tab) + spoke.length + 1) % (spoke.length + 1) : -1)
  const near = new Set([...others].sort((a, b) => rank(a) - rank(b)).slice(0, Math.floor(1 / part)))
  const smalls = others.filter((one) => near.has(one))
  const small = { width: Math.floor(size.width * part), height: Math.floor(size.height * part) }
  const [x, y] = [size.width - small.width, size.height - small.height]
  return layout === 'side-by-side' && show === undefined
    ? [
        ...inBlock(larges, { x: 0, y: 0, width: size.width, height: y }),
        ...inRows(smalls, smalls.length, small, { ...size, x: 0, y, height: small.height }),
      ]
    : [
        ...inBlock(larges, { x: 0, y: 0, width: x, height: size.height }),
        ...inRows(smalls, 1, small, { ...size, x, y: 0, width: small.width }),
      ]
}
