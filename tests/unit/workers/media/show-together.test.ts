import { expect, test, vi } from 'vitest'
import { ShowTogether } from '../../../../workers/media/show-together.ts'

test('[MEDIAWORKER-37] small pictures of many wait for each other, ten times a second, five times where there is too much to do; large ones and those of few do not', () => {
  vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const seen: string[] = []
    const picture = (name: string) => ({ show: () => void seen.push(`${name} ${Math.round(performance.now())}`) })
    let pictures = 4
    const together = new ShowTogether(() => pictures)
    const [ann, ben, cem] = [picture('ann'), picture('ben'), picture('cem')]
    together.ready(ann, 'thumb')
    pictures = 9
    together.ready(ben, 'main')
    expect(seen.splice(0)).toEqual(['ann 0', 'ben 0'])
    vi.advanceTimersByTime(30)
    together.ready(ann, 'thumb')
    together.ready(cem, 'thumb')
    vi.advanceTimersByTime(40)
    together.ready(ann, 'thumb')
    expect(seen).toEqual([])
    vi.advanceTimersByTime(30)
    expect(seen.splice(0)).toEqual(['ann 100', 'cem 100'])
    together.halve(1)
    together.ready(ann, 'thumb')
    vi.advanceTimersByTime(99)
    expect(seen).toEqual([])
    vi.advanceTimersByTime(1)
    expect(seen.splice(0)).toEqual(['ann 200'])
    together.ready(ben, 'thumb')
    together.close()
    vi.advanceTimersByTime(1_000)
    expect(seen).toEqual([])
  } finally {
    vi.useRealTimers()
  }
})
