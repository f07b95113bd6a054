/** Which picture a layer is of; undefined for voices. */
import type { Layer } from '../../src/protocol/media.ts'
import type { View } from '../../src/protocol/media-worker.ts'

export function viewOf(layer: Layer): View | undefined {
  switch (layer) {
    case 'thumb':
    case 'main':
      return 'camera'
    case 'screen':
      return 'screen'
    default:
      return undefined
  }
}
