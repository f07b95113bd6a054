/** What is done to the own sound and picture, in words: what it is for, and what became of the wish. */
import type { Effects } from '../../ports/asterism.ts'

export type EffectName = 'noise' | 'background'

export const EFFECTS = [
  { name: 'noise', label: 'Take out noise', about: 'Your voice stays; fans, typing and traffic go.', device: 'microphone' },
  { name: 'background', label: 'Blur what is behind me', about: 'You stay sharp; your room does not show.', device: 'camera' },
] as const

const STARTING = {
  noise: 'Noise is about to go. Your voice goes out as it is meanwhile.',
  background: 'Getting ready. All of your picture is blurred meanwhile.',
} as const

export function isWished(effects: Effects, name: EffectName): boolean {
  return name === 'noise' ? effects.noise === 'on' : effects.background === 'blur'
}

/** Empty when there is nothing to say beyond the switch. */
export function effectLine(effects: Effects, name: EffectName): string {
  const state = effects.states[name]
  if (!isWished(effects, name) || state.kind === 'on') return ''
  if (state.kind === 'failed') return state.text
  if (state.kind === 'starting') return STARTING[name]
  return `It begins with your ${name === 'noise' ? 'microphone' : 'camera'}.`
}
