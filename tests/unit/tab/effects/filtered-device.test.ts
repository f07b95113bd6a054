import { expect, test } from 'vitest'
import type { Filter, FilterNews } from '../../../../src/tab/effects/filter.ts'
import { FilteredDevice } from '../../../../src/tab/effects/filtered-device.ts'

const track = (id: string) => ({ id, kind: 'audio', enabled: true }) as MediaStreamTrack

/** A device whose filters say what they are told to say, and write down when they began and ended. */
function deviceOf() {
  const log: string[] = []
  const told: FilterNews[] = []
  let last: { filter: { out: MediaStreamTrack | undefined }; tell: (news: FilterNews) => void } | undefined
  const device = new FilteredDevice(
    (raw, tell): Filter => {
      log.push(`start ${raw.id}`)
      const filter = { out: undefined as MediaStreamTrack | undefined, close: () => void log.push(`close ${raw.id}`) }
      last = { filter, tell }
      return filter
    },
    (news) => told.push(news),
  )
  const becomes = (news: FilterNews, out?: MediaStreamTrack) => {
    if (last !== undefined && out !== undefined) last.filter.out = out
    last?.tell(news)
  }
  return { device, log, told, becomes }
}

const FAILED: FilterNews = { kind: 'failed', code: 'effect-failed', detail: 'no wasm' }

test('[EFFECTS-11] a silenced microphone is silent behind its filter, and the filter goes with the device', () => {
  const { device, log, becomes } = deviceOf()
  const [raw, out] = [track('raw'), track('out')]
  device.follow(true, raw)
  expect(device.through(raw)).toBe(raw)
  becomes({ kind: 'on' }, out)
  raw.enabled = false
  device.follow(true, raw)
  expect([device.through(raw) === out, out.enabled]).toEqual([true, false])
  device.follow(true, undefined)
  expect({ log, state: device.state }).toEqual({ log: ['start raw', 'close raw'], state: { kind: 'off' } })
})

test('[EFFECTS-10] what failed waits for a new wish and leaves the track as it is', () => {
  const { device, log, becomes } = deviceOf()
  const raw = track('raw')
  device.follow(true, raw)
  becomes(FAILED)
  device.follow(true, raw)
  device.follow(true, track('other'))
  expect([device.state.kind, device.through(raw) === raw, log]).toEqual(['failed', true, ['start raw', 'close raw']])
  device.follow(false, raw)
  device.follow(true, raw)
  expect([device.state.kind, log.at(-1)]).toEqual(['starting', 'start raw'])
})

test('[EFFECTS-10] news of a filter that is gone change nothing, also when the same track has another one', () => {
  const tells: ((news: FilterNews) => void)[] = []
  const told: FilterNews[] = []
  const device = new FilteredDevice(
    (_, tell) => {
      tells.push(tell)
      return { out: undefined, close: () => {} }
    },
    (news) => told.push(news),
  )
  const raw = track('raw')
  for (const isWished of [true, false, true]) device.follow(isWished, raw)
  tells[0]?.(FAILED)
  expect([device.state, told]).toEqual([{ kind: 'starting' }, []])
})
