/** A painted background as an image of CSS, by the figures that the worker paints it by. */
import { BACKDROPS } from '../../protocol/backdrops.ts'
import { BACKDROP_NAMES, type Background } from '../../protocol/backgrounds.ts'

/** Undefined for what is not painted. */
export function backdropImage(background: Background): string | undefined {
  const name = BACKDROP_NAMES.find((one) => one === background)
  if (name === undefined) return undefined
  const { top, bottom, glows } = BACKDROPS[name]
  const percent = (share: number) => `${Math.round(share * 100)}%`
  // Of several the first lies on top, and the worker paints the last there.
  const lights = glows.toReversed().map(({ x, y, across, down, colour }) => {
    const place = `${percent(across)} ${percent(down)} at ${percent(x)} ${percent(y)}`
    return `radial-gradient(${place}, ${colour}, ${colour}00)`
  })
  return [...lights, `linear-gradient(${top}, ${bottom})`].join(', ')
}
