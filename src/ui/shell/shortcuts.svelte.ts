/** Whether single-key shortcuts are on, remembered on this device, and the listener that obeys it. */
import { on } from 'svelte/events'
import { type ShortcutAction, shortcutFor } from './shortcuts.ts'

const KEY = 'asterism.shortcuts'
const TYPED_INTO = 'input:not([type="radio"], [type="checkbox"], [type="file"]), textarea, select, [contenteditable]'

function remembered(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off'
  } catch {
    return true
  }
}

let areOn = $state(remembered())

export const shortcuts = {
  get areOn(): boolean {
    return areOn
  },
  turn(next: boolean): void {
    areOn = next
    try {
      localStorage.setItem(KEY, next ? 'on' : 'off')
    } catch {
      // Storage is closed to this page: the choice lasts as long as the tab.
    }
  },
  /** Returns the function that stops listening. A modal dialog has the keyboard to itself. */
  listen(run: (action: ShortcutAction) => void): () => void {
    return on(window, 'keydown', (event) => {
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return
      const isTyping = event.target instanceof Element && event.target.closest(TYPED_INTO) !== null
      const action = shortcutFor(
        { key: event.key, isRepeat: event.repeat, isChord: event.ctrlKey || event.altKey || event.metaKey, isTyping },
        areOn,
      )
      if (action === undefined) return
      event.preventDefault()
      run(action)
    })
  },
}
