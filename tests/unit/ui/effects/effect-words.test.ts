import { expect, test } from 'vitest'
import type { EffectState, Effects } from '../../../../src/ports/asterism.ts'
import { BACKGROUNDS } from '../../../../src/protocol/backgrounds.ts'
import { behindLine, effectLine } from '../../../../src/ui/effects/effect-words.ts'

const OFF: EffectState = { kind: 'off' }

function wished(state: EffectState): Effects {
  return { noise: 'on', background: 'blur', states: { noise: state, background: state } }
}

test.each([
  [{ kind: 'on' }, ''],
  [{ kind: 'starting' }, 'Getting ready. All of your picture is blurred meanwhile.'],
  [OFF, 'It begins with your camera.'],
  [{ kind: 'failed', text: 'It could not.' }, 'It could not.'],
] as const)('[EFFECTS-12] %o is said as: %s', (state, line) => {
  expect(effectLine(wished(state), 'background')).toBe(line)
})

test('[EFFECTS-12] of what is not wished nothing is said', () => {
  const none: Effects = { noise: 'off', background: 'none', states: { noise: OFF, background: { kind: 'failed', text: 'It could not.' } } }
  expect([effectLine(none, 'noise'), effectLine(none, 'background')]).toEqual(['', ''])
})

test('[EFFECTS-18] that the room does not show is said of every background but the room itself', () => {
  expect(BACKGROUNDS.filter((one) => behindLine(one).endsWith('your room does not show.'))).toEqual(
    BACKGROUNDS.filter((one) => one !== 'none'),
  )
})
