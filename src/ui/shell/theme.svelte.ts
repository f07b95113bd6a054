/** The theme a person chose, remembered on this device. `auto` follows the system. A browser that keeps nothing just follows the system. */
export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'asterism.theme'

function remembered(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto'
  } catch {
    return 'auto'
  }
}

const first = remembered()
let chosen = $state<Theme>(first)
show(first)

function show(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

export const theme = {
  get chosen(): Theme {
    return chosen
  },
  choose(next: Theme): void {
    chosen = next
    show(next)
    try {
      localStorage.setItem(KEY, next)
    } catch {
      // Storage is closed to this page: the choice lasts as long as the tab.
    }
  },
}
