/**
 * Painted backgrounds: a wall that goes from one colour to another, and light and shapes on it. The page shows them by the same
 * figures as the worker paints them by. They are soft: an encoder has hardly anything to do with them, and outlines of hair hide
 * in them.
 */
import type { BackdropName } from './backgrounds.ts'

/** `#rrggbb`. */
type Colour = string

/** Fades to nothing at its rim. Places and sizes are shares of the picture. */
export type Glow = { readonly x: number; readonly y: number; readonly across: number; readonly down: number; readonly colour: Colour }
export type Painting = { readonly top: Colour; readonly bottom: Colour; readonly glows: readonly Glow[] }

export const BACKDROPS: Readonly<Record<BackdropName, Painting>> = {
  daylight: {
    top: '#efe6d8',
    bottom: '#d3c3ab',
    glows: [
      { x: 0.12, y: 0.1, across: 0.6, down: 0.9, colour: '#fffaf0' },
      { x: 0.95, y: 1, across: 0.5, down: 0.5, colour: '#b9a58a' },
    ],
  },
  dusk: {
    top: '#34304f',
    bottom: '#c9795f',
    glows: [
      { x: 0.7, y: 0.78, across: 0.55, down: 0.5, colour: '#f3b57a' },
      { x: 0.1, y: 0, across: 0.6, down: 0.7, colour: '#262645' },
    ],
  },
  forest: {
    top: '#7f9c7c',
    bottom: '#24402f',
    glows: [
      { x: 0.3, y: 0.05, across: 0.5, down: 0.7, colour: '#c4d3a2' },
      { x: 0.95, y: 0.75, across: 0.5, down: 0.8, colour: '#173126' },
    ],
  },
  slate: {
    top: '#56636f',
    bottom: '#262d35',
    glows: [{ x: 0.5, y: 0.3, across: 0.6, down: 0.8, colour: '#748390' }],
  },
}
