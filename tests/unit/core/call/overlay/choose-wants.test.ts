import { describe, expect, test } from 'vitest'
import { type CallView, chooseWants } from '../../../../../src/core/call/overlay/choose-wants.ts'
import { FULL_PICTURES_AT_ONCE, LOUDEST, OPEN_VOICES } from '../../../../../src/protocol/limits.ts'
import type { Layer } from '../../../../../src/protocol/media.ts'

const ALL: readonly Layer[] = ['audio', 'thumb', 'main']
const people = (count: number, layers = ALL) => Array.from({ length: count }, (_, n) => ({ id: n + 1, layers }))
const tile = (id: number, heightPx: number, view: 'camera' | 'screen' = 'camera') => ({ id, view, heightPx })

function pictures(view: Partial<CallView>): string[] {
  const wants = chooseWants({ others: people(6), visible: undefined, speaking: [], ...view })
  return wants.filter(({ layer }) => layer !== 'audio').map(({ source, layer }) => `${layer} ${source}`)
}

describe('pictures', () => {
  test('[OVERLAY-9] a call of four shows everybody in full, of five nobody who is silent', () => {
    expect(pictures({ others: people(3) })).toEqual(['main 1', 'main 2', 'main 3'])
    expect(pictures({ others: people(4), speaking: [2] })).toEqual(['thumb 1', 'main 2', 'thumb 3', 'thumb 4'])
  })

  test('[OVERLAY-9] tiles decide: large ones, speakers from a smaller size, and nothing that is not shown', () => {
    const visible = [tile(1, 240), tile(2, 239), tile(3, 160), tile(4, 159)]
    expect(pictures({ visible, speaking: [3, 4, 5] })).toEqual(['main 1', 'thumb 2', 'main 3', 'thumb 4'])
    expect(pictures({ others: people(2), visible: [tile(2, 40)] })).toEqual(['main 2'])
  })

  test('[OVERLAY-9] never more full ones than one screen can take: who speaks, then the largest', () => {
    const visible = Array.from({ length: 20 }, (_, n) => tile(n + 1, 300 + n))
    const wanted = pictures({ others: people(20), visible, speaking: [1] }).filter((each) => each.startsWith('main'))
    expect(wanted).toHaveLength(FULL_PICTURES_AT_ONCE)
    expect(wanted.slice(0, 2)).toEqual(['main 1', `main ${20 - FULL_PICTURES_AT_ONCE + 2}`])
  })

  test('[OVERLAY-9] a picture on the screen and in a recording counts once', () => {
    const visible = Array.from({ length: FULL_PICTURES_AT_ONCE }, (_, n) => [tile(n + 1, 400), tile(n + 1, 500)]).flat()
    const wanted = pictures({ others: people(20), visible })
    expect(wanted.filter((each) => each.startsWith('main'))).toHaveLength(FULL_PICTURES_AT_ONCE)
  })

  test('[OVERLAY-9] who sends one layer only is taken as it is, and a screen when its tile is there', () => {
    expect(pictures({ others: people(6, ['thumb']), visible: [tile(1, 600)] })).toEqual(['thumb 1'])
    const others = people(6, ['screen', 'screen-audio', 'main', 'thumb'])
    expect(pictures({ others, visible: [tile(2, 900, 'screen')] }).filter((each) => !each.startsWith('screen-audio'))).toEqual(['screen 2'])
  })
})

describe('voices', () => {
  const heard = (count: number, speaking: readonly number[]) =>
    chooseWants({ others: people(count), visible: [], speaking }).map(({ source }) => source)

  test('[OVERLAY-10] all of them, seen or not', () => {
    expect(heard(OPEN_VOICES, [])).toHaveLength(OPEN_VOICES)
  })

  test('[OVERLAY-10] with one more open microphone only the loudest', () => {
    expect(heard(OPEN_VOICES + 1, [9, 7, 8, 6, 99])).toEqual([7, 8, 9].slice(0, LOUDEST))
  })
})
