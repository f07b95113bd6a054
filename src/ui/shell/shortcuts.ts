/** Single keys that do what a button does. They can be switched off, because speech input and shaky hands press keys by accident. */
export const SHORTCUTS = [
  { key: 'm', action: 'microphone', label: 'Microphone on or off' },
  { key: 'v', action: 'camera', label: 'Camera on or off' },
  { key: 's', action: 'screen', label: 'Share your screen, or stop' },
  { key: 'h', action: 'hand', label: 'Raise your hand, or take it down' },
  { key: 'l', action: 'look', label: 'Look at the call another way' },
  { key: 'p', action: 'people', label: 'People' },
  { key: 'f', action: 'files', label: 'Files' },
  { key: 'c', action: 'chat', label: 'Chat' },
  { key: '?', action: 'help', label: 'This list' },
  { key: 'Escape', action: 'close', label: 'Close what is open' },
] as const

export type ShortcutAction = (typeof SHORTCUTS)[number]['action']

export type KeyPress = {
  readonly key: string
  readonly isRepeat: boolean
  /** Ctrl, Alt or Meta: someone else's shortcut. */
  readonly isChord: boolean
  /** The focus is where letters are typed. */
  readonly isTyping: boolean
}

/** Escape works always; letters only when the shortcuts are on and nobody is typing. */
export function shortcutFor(press: KeyPress, areOn: boolean): ShortcutAction | undefined {
  if (press.isRepeat || press.isChord) return undefined
  const found = SHORTCUTS.find(({ key }) => key === press.key || key === press.key.toLowerCase())
  if (found === undefined) return undefined
  if (found.action === 'close') return press.isTyping ? undefined : 'close'
  return areOn && !press.isTyping ? found.action : undefined
}
