/** Where the people of a room stand on its map: a sky of stars, with this tab low in the middle. Percents out. */
export type Star = { readonly x: number; readonly y: number }

/** Where this tab stands on a map of 100 by 100: low in the middle, with the sky above. */
export const OWN_STAR: Star = { x: 50, y: 76 }

/** Half-axes of the two arcs the others stand on. */
export const STAR_ARCS = [
  { rx: 27, ry: 40 },
  { rx: 42, ry: 66 },
] as const

/** Places for the others: spread over the arcs from low left to low right, never quite regular, so that it reads as a sky and not as a clock. */
export function placeStars(others: number): readonly Star[] {
  const inner = others <= 4 ? others : Math.round(others * 0.4)
  return Array.from({ length: others }, (_, index) => {
    const isInner = index < inner
    const count = isInner ? inner : others - inner
    const nth = isInner ? index : index - inner
    const arc = STAR_ARCS[isInner ? 0 : 1]
    // A lone star stands a little off the top; more of them share the half circle.
    const angle = Math.PI * (1 + (nth + 0.5) / count + Math.sin(index * 7.3 + count) * (0.13 / count) + (count === 1 ? 0.14 : 0))
    return { x: OWN_STAR.x + Math.cos(angle) * arc.rx, y: OWN_STAR.y + Math.sin(angle) * arc.ry * (1 + Math.cos(index * 5.1) * 0.05) }
  })
}
