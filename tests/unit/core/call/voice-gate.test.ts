import { expect, test } from 'vitest'
import { closedGate, stepVoiceGate, type VoiceGate, type VoiceScene, voiceLinePauseMs } from '../../../../src/core/call/voice-gate.ts'
import { LINE_EVERY_MS, VOICES_ALWAYS_OPEN } from '../../../../src/protocol/limits.ts'

const MANY = VOICES_ALWAYS_OPEN + 1
const SCENE: VoiceScene<string> = { people: MANY, isSpeaking: true, loudness: 0.1, speaking: [], heard: new Map() }
/** Everybody comes as loud as this. */
const at = (level: number, ids = ['a', 'b', 'c', 'd']) => new Map(ids.map((id) => [id, level]))
const look = (gate: VoiceGate<string>, scene: Partial<VoiceScene<string>>) => stepVoiceGate(gate, { ...SCENE, heard: at(0.1), ...scene })

test('[CALL-16] among few every voice is sent; among many those of the first three who speak', () => {
  expect(look(closedGate(), { people: VOICES_ALWAYS_OPEN, isSpeaking: false, speaking: ['a', 'b', 'c'] }).isSent).toBe(true)
  expect(look(closedGate(), { isSpeaking: false }).isSent).toBe(false)
  const began = look(closedGate(), { speaking: ['a', 'b'] })
  expect(began.isSent).toBe(true)
  // Those who begin later do not silence whoever speaks already.
  expect(look(began.next, { speaking: ['a', 'b', 'c', 'd'] }).isSent).toBe(true)
  const late = look(closedGate(), { speaking: ['a', 'b', 'c'] })
  expect(late.isSent).toBe(false)
  // One of the three falls silent.
  expect(look(late.next, { speaking: ['a', 'b'] }).isSent).toBe(true)
})

test('[CALL-16] who is clearly louder than one of the three is sent in its place', () => {
  const noise = at(0.02)
  const late = look(closedGate(), { speaking: ['a', 'b', 'c'] })
  expect(look(late.next, { speaking: ['a', 'b', 'c'], heard: noise }).isSent).toBe(true)
  // As loud as one of them is not enough, or people would take turns word by word.
  expect(look(late.next, { speaking: ['a', 'b', 'c'], heard: at(0.05) }).isSent).toBe(false)
  // The one in whose place it is: two stay before it, and the louder one is the third.
  const third = look(closedGate(), { loudness: 0.02, speaking: ['a', 'b'] })
  expect(look(third.next, { loudness: 0.02, speaking: ['a', 'b', 'd'] }).isSent).toBe(false)
  expect(look(third.next, { loudness: 0.05, speaking: ['a', 'b', 'd'] }).isSent).toBe(true)
})

test('[CALL-16] four tabs that hear each other come to three voices, the loudest, and stay there', () => {
  const loud = new Map([
    ['a', 0.1],
    ['b', 0.09],
    ['c', 0.02],
    ['d', 0.11],
  ])
  const ids = [...loud.keys()]
  const gates = new Map<string, VoiceGate<string>>(ids.map((id) => [id, closedGate()]))
  let sent = new Set<string>()
  for (let second = 0; second < 20; second++) {
    const speaking = ids.slice(0, Math.min(4, second + 1))
    const heard = new Map([...loud].filter(([id]) => sent.has(id)))
    const open = speaking.filter((id) => {
      const others = speaking.filter((one) => one !== id)
      const scene = { loudness: loud.get(id) ?? 0, speaking: others, heard }
      const { next, isSent } = look(gates.get(id) ?? closedGate(), scene)
      gates.set(id, next)
      return isSent
    })
    sent = new Set(open)
    if (second >= 6) expect(open).toEqual(['a', 'b', 'd'])
  }
})

test('[CALL-17] among many the lines of a voice are made by and by while it rests, and at once when it is sent', () => {
  const people = VOICES_ALWAYS_OPEN + 1
  expect(voiceLinePauseMs({ people, isSent: true })).toBe(LINE_EVERY_MS)
  expect(voiceLinePauseMs({ people: VOICES_ALWAYS_OPEN, isSent: false })).toBe(LINE_EVERY_MS)
  // Seven tabs that each open seven lines: fewer than three a second on one machine.
  expect((1000 * people) / voiceLinePauseMs({ people, isSent: false })).toBeLessThan(3)
})
