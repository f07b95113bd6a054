/**
 * How the people of a call, a shared screen and a show stand on one picture of 16 to 9, for all who look at it: alike while
 * they are few, one large when they are many, and what is shared before everybody. Who waits is not among the people given.
 */
import type { PictureTile, PictureView } from '../../protocol/composite-worker.ts'
import type { TabId } from '../../protocol/ids.ts'

export type Person = {
  readonly tab: TabId
  readonly name: string
  readonly hasCamera: boolean
  readonly hasScreen: boolean
  readonly isSpeaking: boolean
  /** Hushed: not to be seen by anybody. */
  readonly isHidden: boolean
}

export type PictureWish = {
  readonly people: readonly Person[]
  /** Whose show is on. */
  readonly showBy: TabId | undefined
  /** What a moderator set for all. */
  readonly layout: 'grid' | 'speaker' | 'side-by-side' | 'share' | undefined
  /** Who stands large when one does. */
  readonly large: TabId | undefined
  /** Who spoke last, the latest first. */
  readonly spoke: readonly TabId[]
}

type Size = { readonly width: number; readonly height: number }
type Slot = Size & { readonly x: number; readonly y: number }

/** More than these, and faces in a grid of 720 lines are too small to be known. */
const ALIKE = 9
/** Beside something large: a column of a fifth of the width holds five. */
const ASIDE = 5
const COLUMN = 0.2

export function widthOf(heightPx: number): number {
  return Math.round((heightPx * 16) / 9 / 2) * 2
}

export function arrangePicture(wish: PictureWish, size: Size): readonly PictureTile[] {
  const { showBy, large } = wish
  const people = wish.people.filter(({ isHidden }) => !isHidden)
  const sharer = large !== undefined && people.find(({ tab, hasScreen }) => tab === large && hasScreen)
  const screen = sharer || people.find(({ hasScreen }) => hasScreen)
  const shower = people.find(({ tab }) => tab === showBy)
  if (shower !== undefined) return withLarge(tileOf(shower, 'show'), people, wish, size)
  if (screen !== undefined) return withLarge(tileOf(screen, 'screen'), people, wish, size)
  const isAlike = people.length <= 1 || (wish.layout !== 'speaker' && people.length <= ALIKE)
  const speaker = people.find(({ tab }) => tab === large) ?? people[0]
  if (isAlike || speaker === undefined) return inGrid(people, size)
  return withLarge(
    tileOf(speaker, 'camera'),
    people.filter((one) => one !== speaker),
    wish,
    size,
  )
}

type Placeless = Omit<PictureTile, keyof Slot>

function tileOf({ tab, name, hasCamera, isSpeaking }: Person, view: PictureView): Placeless {
  return { tab, view, name, hasPicture: view !== 'camera' || hasCamera, isSpeaking }
}

/** The last row is centred. */
function inGrid(people: readonly Person[], size: Size): readonly PictureTile[] {
  const columns = Math.ceil(Math.sqrt(people.length))
  const rows = Math.ceil(people.length / Math.max(1, columns))
  const [width, height] = [Math.floor(size.width / columns), Math.floor(size.height / columns)]
  const top = Math.floor((size.height - rows * height) / 2)
  return people.map((person, at) => {
    const row = Math.floor(at / columns)
    const inRow = row === rows - 1 ? people.length - row * columns : columns
    const left = Math.floor((size.width - inRow * width) / 2)
    return { ...tileOf(person, 'camera'), x: left + (at % columns) * width, y: top + row * height, width, height }
  })
}

/** In a column beside it those who spoke last, in the order of the call so that they do not change places. */
function withLarge(large: Placeless, others: readonly Person[], { spoke }: PictureWish, size: Size): readonly PictureTile[] {
  if (others.length === 0) return [{ ...large, x: 0, y: 0, ...size }]
  const rank = (tab: TabId) => (spoke.indexOf(tab) + spoke.length + 1) % (spoke.length + 1)
  const first = new Set([...others].sort((a, b) => rank(a.tab) - rank(b.tab)).slice(0, ASIDE))
  const shown = others.filter((one) => first.has(one))
  const width = Math.floor(size.width * COLUMN)
  const height = Math.floor(size.height * COLUMN)
  const main = { width: size.width - width, height: size.height - height }
  const top = Math.floor((size.height - shown.length * height) / 2)
  return [
    { ...large, x: 0, y: Math.floor((size.height - main.height) / 2), ...main },
    ...shown.map((person, at) => ({ ...tileOf(person, 'camera'), x: main.width, y: top + at * height, width, height })),
  ]
}
