/** What is done to the own sound and picture, in words: what it is for, and what became of the wish. */
import type { Effects } from '../../ports/asterism.ts'
import type { Background } from '../../protocol/backgrounds.ts'

export type EffectName = 'noise' | 'background'

export const NOISE_WORDS = { label: 'Take out noise', about: 'Your voice stays; fans, typing and traffic go.' } as const

export const BACKGROUND_LABELS: Readonly<Record<Background, string>> = {
  none: 'As it is',
  blur: 'Blurred',
  daylight: 'Daylight',
  dusk: 'Dusk',
  forest: 'Forest',
  slate: 'Slate',
  own: 'My picture',
}

/** What others see with this choice. */
export function behindLine(background: Background): string {
  return background === 'none' ? 'Others see you with your room behind you.' : 'You stay sharp; your room does not show.'
}

const STARTING = {
  noise: 'Noise is about to go. Your voice goes out as it is meanwhile.',
  background: 'Getting ready. All of your picture is blurred meanwhile.',
} as const

function isWished(effects: Effects, name: EffectName): boolean {
  return name === 'noise' ? effects.noise === 'on' : effects.background !== 'none'
}

/** Empty when there is nothing to say beyond the switch. */
export function effectLine(effects: Effects, name: EffectName): string {
  const state = effects.states[name]
  if (!isWished(effects, name) || state.kind === 'on') return ''
  if (state.kind === 'failed') return state.text
  if (state.kind === 'starting') return STARTING[name]
  return `It begins with your ${name === 'noise' ? 'microphone' : 'camera'}.`
}
