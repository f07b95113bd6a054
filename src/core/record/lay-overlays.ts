/** What lies on a film or a screen that is watched together: people beside it or in its corners, and words at its foot. */
import type { PictureTile } from '../../protocol/composite-worker.ts'
import type { Show } from '../../protocol/control.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { type Person, tileOf } from './arrange-picture.ts'

export type Poll = {
  readonly id: string
  readonly question: string
  readonly options: readonly { readonly text: string; readonly votes: number }[]
  readonly isOpen: boolean
}

/** As on the stage, in parts of its width. */
const BESIDE = 0.36
const CORNER = 0.24
const MARGIN = 8

/** `tiles`: with what is watched first, if it is among them. What is given later lies on what is given before. */
export function layOverlays(
  tiles: readonly PictureTile[],
  { by, overlays }: Pick<Show, 'overlays'> & { readonly by: DeviceId },
  people: readonly Person[],
  polls: readonly Poll[],
): readonly PictureTile[] {
  const [film, ...others] = tiles
  const isFilm = film?.view === 'show' || (film?.view === 'screen' && people.some(({ tab, device }) => tab === film.tab && device === by))
  if (!isFilm) return tiles
  const { x, y, height } = film
  const faces = overlays.flatMap((overlay) => {
    const person = 'device' in overlay ? people.find(({ device, isHidden }) => device === overlay.device && !isHidden) : undefined
    return person === undefined ? [] : [{ overlay, face: tileOf('camera')(person) }]
  })
  const beside = faces.some(({ overlay }) => overlay.kind === 'split') ? Math.floor(film.width * BESIDE) : 0
  const width = film.width - beside
  const corner = { width: Math.floor(width * CORNER), height: Math.floor((width * CORNER * 9) / 16) }
  const placed = faces.map(({ overlay, face }) => {
    if (overlay.kind !== 'picture') return { ...face, x: x + width, y, width: beside, height }
    const left = overlay.corner.endsWith('left') ? MARGIN : width - corner.width - MARGIN
    const top = overlay.corner.startsWith('top') ? MARGIN : height - corner.height - MARGIN
    return { ...face, x: x + left, y: y + top, ...corner }
  })
  const name = wordsOn(overlays, polls)
  // Above the name of who shows it.
  const foot = { y: y + Math.floor(height / 10), width, height: Math.floor(height * 0.8) }
  const words: PictureTile = { ...film, view: 'text', name, hasPicture: false, isSpeaking: false, ...foot }
  return [{ ...film, width }, ...placed, ...(name === '' ? [] : [words]), ...others]
}

/** Of a poll that is open nobody sees the votes who has not voted. */
function wordsOn(overlays: Show['overlays'], polls: readonly Poll[]): string {
  const asked = overlays.flatMap((overlay) => (overlay.kind === 'poll' ? polls.filter(({ id }) => id === overlay.poll) : []))
  const questions = asked.map(({ question, options, isOpen }) => {
    return `${question}\n${options.map(({ text, votes }) => (isOpen ? text : `${text}: ${votes}`)).join(' · ')}`
  })
  return [...questions, ...overlays.flatMap((overlay) => (overlay.kind === 'banner' ? overlay.text : []))].join('\n')
}
