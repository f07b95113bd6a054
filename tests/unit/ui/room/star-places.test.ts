import { expect, test } from 'vitest'
import { placeStars } from '../../../../src/ui/room/star-places.ts'

test('[UI-19] stars stay on their map, each in a place of its own', () => {
  for (let count = 0; count <= 17; count++) {
    const stars = placeStars(count)
    expect(stars).toHaveLength(count)
    for (const { x, y } of stars) expect([x > 4 && x < 96, y > 4 && y < 80]).toEqual([true, true])
    expect(new Set(stars.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`)).size).toBe(count)
  }
})
