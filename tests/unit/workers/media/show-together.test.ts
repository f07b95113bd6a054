import { expect, test, vi } from 'vitest'
import { ShowTogether } from '../../../../workers/media/show-together.ts'

test('[MEDIAWORKER-37] small pictures of many wait for each other, eight times a second, four times where there is too much to do; large ones and those of few do not, and take along what waits', () => {
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
    vi.advanceTimersByTime(55)
    expect(seen.splice(0)).toEqual(['ann 125', 'cem 125'])
    together.ready(ann, 'thumb')
    vi.advanceTimersByTime(5)
    together.ready(ben, 'main')
    vi.advanceTimersByTime(120)
    expect(seen.splice(0)).toEqual(['ben 130', 'ann 130'])
    together.halve(1)
    together.ready(ann, 'thumb')
    vi.advanceTimersByTime(249)
    expect(seen).toEqual([])
    vi.advanceTimersByTime(1)
    expect(seen.splice(0)).toEqual(['ann 500'])
    together.ready(ben, 'thumb')
    together.close()
    vi.advanceTimersByTime(1_000)
    expect(seen).toEqual([])
  } finally {
    vi.useRealTimers()
  }
})
