import { expect, test, vi } from 'vitest'
import { ShowTogether } from '../../../../workers/media/show-together.ts'

test('[MEDIAWORKER-37] small pictures of many wait for each other, ten times a second; large ones and those of few do not', () => {
  vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const seen: string[] = []
    const picture = (name: string) => ({ show: () => void seen.push(`${name} ${Math.round(performance.now())}`) })
    const together = new ShowTogether()
    const [ann, ben, cem] = [picture('ann'), picture('ben'), picture('cem')]
    together.ready(ann, 'thumb', 4)
    together.ready(ben, 'main', 9)
    expect(seen.splice(0)).toEqual(['ann 0', 'ben 0'])
    vi.advanceTimersByTime(30)
    together.ready(ann, 'thumb', 9)
    together.ready(cem, 'thumb', 9)
    vi.advanceTimersByTime(40)
    together.ready(ann, 'thumb', 9)
    expect(seen).toEqual([])
    vi.advanceTimersByTime(30)
    expect(seen.splice(0)).toEqual(['ann 100', 'cem 100'])
    together.ready(ben, 'thumb', 9)
    together.close()
    vi.advanceTimersByTime(1_000)
    expect(seen).toEqual([])
  } finally {
    vi.useRealTimers()
  }
})
