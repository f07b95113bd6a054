/** A painted background as a style, by the figures that the worker paints it by. */
import { BACKDROPS } from '../../protocol/backdrops.ts'
import { BACKDROP_NAMES, type Background } from '../../protocol/backgrounds.ts'

/** Empty for what is not painted. */
export function backdropStyle(background: Background): string {
  const name = BACKDROP_NAMES.find((one) => one === background)
  if (name === undefined) return ''
  const { top, bottom, glows } = BACKDROPS[name]
  const percent = (share: number) => `${Math.round(share * 100)}%`
  // Of several the first lies on top, and the worker paints the last there.
  const lights = glows.toReversed().map(({ x, y, across, down, colour }) => {
    const place = `${percent(across)} ${percent(down)} at ${percent(x)} ${percent(y)}`
    return `radial-gradient(${place}, ${colour}, ${colour}00)`
  })
  return `background-image: ${[...lights, `linear-gradient(${top}, ${bottom})`].join(', ')}`
}
