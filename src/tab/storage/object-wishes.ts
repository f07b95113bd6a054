/** What was said of files, as it concerns the objects they lie in: several small files share one. */
import type { ObjectId } from '../../protocol/object.ts'
import type { WishBook } from './file-wishes.ts'
import type { ObjectIndex } from './object-index.ts'

export type ObjectWishes = {
  /** Everybody who points at it is paused or cancelled here. */
  isHeld(object: ObjectId): boolean
  isPinned(object: ObjectId): boolean
  isReleasing(): boolean
}

export function objectWishes(wishes: WishBook, index: ObjectIndex): ObjectWishes {
  return {
    isHeld(object) {
      const files = index.pointers(object)
      return files.size > 0 && [...files].every((id) => wishes.wish(id) !== undefined)
    },
    isPinned: (object) => [...index.pointers(object)].some((id) => wishes.isPinned(id)),
    isReleasing: () => wishes.isReleasing,
  }
}
