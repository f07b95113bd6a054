/** The own picture behind a person, kept in the browser's store for this site and nowhere else. */
import type { BackgroundKept, OwnBackground } from '../../ports/effects.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { smallerPicture } from './smaller-picture.ts'

const KEY = 'asterism.background'
const PREFIX = 'data:image/jpeg;base64,'

type Reason = Extract<BackgroundKept, { kind: 'refused' }>['reason']
const SENTENCES: Readonly<Record<Reason, string>> = {
  'no-picture': 'This file is no picture that this browser can show. Choose another one.',
  'too-large': 'This picture is too large to be a background. Choose a smaller one.',
  'no-room': 'The browser keeps no more for this page. Choose one of the others.',
}

/** Throws where the browser keeps nothing for this page. */
type Store = () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export function ownBackground(store: Store, makeSmaller = smallerPicture): OwnBackground {
  return {
    get address() {
      return keptAddress(store)
    },
    async keep(file) {
      const made = await makeSmaller(file)
      if (made.kind === 'refused') return refused(made.reason)
      try {
        store().setItem(KEY, PREFIX + made.text)
        return { kind: 'kept' }
      } catch {
        return refused('no-room')
      }
    },
    forget() {
      try {
        store().removeItem(KEY)
      } catch {
        // Nothing was kept.
      }
    },
  }
}

export function keptAddress(store: Store): string | undefined {
  try {
    const address = store().getItem(KEY)
    return address?.startsWith(PREFIX) ? address : undefined
  } catch {
    return undefined
  }
}

/** Undefined: somebody else wrote there. */
export function bytesOf(address: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(address.slice(PREFIX.length)), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined
  }
}

function refused(reason: Reason): BackgroundKept {
  return { kind: 'refused', reason, text: SENTENCES[reason] }
}
