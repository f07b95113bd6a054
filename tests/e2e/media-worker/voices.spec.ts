/** Voices that others pass on: sealed by their source, on slots of a hop, to who cannot have them straight. */
import { expect, test } from './harness-page.ts'

test('[MEDIAWORKER-28] a voice is passed on by a tab without its key, sealed as it is, and heard by the one behind it', async ({
  harness,
}) => {
  const seen = await harness.evaluate(async () => {
    const { open, connect, tellKeys, until, pause, shown, voiceStats } = media
    const [source, middle, leaf] = [open(1), open(2, 8), open(3)]
    await Promise.all([connect(source, middle), connect(middle, leaf)])
    tellKeys(source, leaf)
    await source.speak()
    middle.want(shown(1, 'audio', 1, { isShown: false }))
    leaf.want(shown(1, 'audio', 2))
    const withinMs = await until(() => leaf.figures?.levels.some(([id, level]) => id === 1 && level > 0.01) === true)
    await pause(2_000)
    const heard = await voiceStats(leaf, middle, 'slot-1')
    const way = leaf.news.findLast(({ t }) => t === 'voice-from')
    const from = leaf.figures?.incoming.find(({ layer }) => layer === 'audio')?.from
    const others = (await Promise.all((['slot-2', 'slot-3'] as const).map((line) => voiceStats(leaf, middle, line)))).map((s) => s.packets)
    source.post({ t: 'voice', layer: 'audio', isOpen: false })
    await pause(300)
    const muted = (await voiceStats(leaf, middle, 'slot-1')).packets
    await pause(500)
    const whileMuted = (await voiceStats(leaf, middle, 'slot-1')).packets - muted
    source.post({ t: 'voice', layer: 'audio', isOpen: true })
    await pause(500)
    middle.post({ t: 'hush', hushed: [{ source: 1, layer: 'audio' }] })
    await pause(300)
    const hushed = (await voiceStats(leaf, middle, 'slot-1')).packets
    await pause(500)
    const whileHushed = (await voiceStats(leaf, middle, 'slot-1')).packets - hushed
    const atMiddle = await voiceStats(middle, source)
    return { withinMs, heard, way, from, others, wasOpen: hushed - muted, whileMuted, whileHushed, atMiddle: atMiddle.energy }
  })
  expect(seen.heard.energy).toBeGreaterThan(0.001)
  expect(seen.heard.concealed).toBeLessThan(seen.heard.received / 4)
  expect(seen).toMatchObject({ way: { source: 1, layer: 'audio', way: { hop: 2, line: 'slot-1' } }, from: 2, others: [0, 0], atMiddle: 0 })
  expect(seen).toMatchObject({ whileMuted: 0, whileHushed: 0 })
  expect(seen.wasOpen).toBeGreaterThan(10)
})

test('[MEDIAWORKER-27] when one of two who pass a voice on dies, it is heard by the other within 400 ms', async ({ harness }) => {
  const seen = await harness.evaluate(async () => {
    const { open, connect, tellKeys, until, pause, shown, voiceStats } = media
    const [source, middle, other, leaf] = [open(1), open(2, 8), open(4, 8), open(3)]
    await Promise.all([connect(source, middle), connect(source, other), connect(middle, leaf), connect(other, leaf)])
    tellKeys(source, middle, other, leaf)
    await source.speak()
    for (const one of [middle, other]) one.want(shown(1, 'audio', 1))
    leaf.want(shown(1, 'audio', 2, { standby: 4 }))
    const hop = () => {
      const news = leaf.news.findLast(({ t }) => t === 'voice-from')
      return news?.t === 'voice-from' ? news.way?.hop : undefined
    }
    await until(() => hop() === 2 && leaf.figures?.incoming.some(({ layer, frames }) => layer === 'audio' && frames > 40) === true)
    await pause(1_500)
    const before = await voiceStats(leaf, other, 'slot-1')
    middle.kill()
    const withinMs = await until(() => hop() === 4)
    await pause(1_000)
    const after = await voiceStats(leaf, other, 'slot-1')
    return { withinMs, before: before.packets, packets: after.packets - before.packets, concealed: after.concealed - before.concealed }
  })
  expect(seen.withinMs).toBeLessThan(400)
  expect(seen.before).toBeGreaterThan(20)
  expect(seen.packets).toBeGreaterThan(30)
  // Of 48,000 a second.
  expect(seen.concealed).toBeLessThan(10_000)
})

test('[MEDIAWORKER-29] a slot that another voice takes plays that one, and it is told which voice comes by which line', async ({
  harness,
}) => {
  const seen = await harness.evaluate(async () => {
    const { open, connect, tellKeys, until, pause, shown, voiceStats } = media
    const sources = [1, 11, 12, 13].map((id) => open(id))
    const [middle, leaf] = [open(2, 8), open(3)]
    await Promise.all([...sources.map((source) => connect(source, middle)), connect(middle, leaf)])
    for (const source of sources) tellKeys(source, middle, leaf)
    for (const source of sources.slice(0, 3)) await source.speak()
    const all = sources.map(({ id }) => id)
    middle.want(...all.map((id) => shown(id, 'audio', id)))
    leaf.want(...all.map((id) => shown(id, 'audio', 2)))
    const ways = () => {
      const now = new Map<number, string | undefined>()
      for (const news of leaf.news) if (news.t === 'voice-from') now.set(news.source, news.way?.line)
      return [...now].filter(([, line]) => line !== undefined)
    }
    await until(() => ways().length === 3)
    const first = ways()
    const silent = sources[0]
    const last = sources[3]
    if (silent === undefined || last === undefined) throw new Error('four sources')
    silent.post({ t: 'voice', layer: 'audio', isOpen: false })
    await last.speak()
    const withinMs = await until(() => ways().some(([id]) => id === 13))
    const line = ways().find(([id]) => id === 13)?.[1]
    const lines = ['slot-1', 'slot-2', 'slot-3'] as const
    const slot = lines.find((one) => one === line) ?? 'slot-1'
    const before = await voiceStats(leaf, middle, slot)
    await pause(2_500)
    const after = await voiceStats(leaf, middle, slot)
    const played = { energy: after.energy - before.energy, concealed: after.concealed - before.concealed, delayMs: after.delayMs }
    return { first, wasSilents: first.find(([id]) => id === 1)?.[1] === line, ways: ways().map(([id]) => id), withinMs, played }
  })
  expect(seen.first.map(([, line]) => line).toSorted()).toEqual(['slot-1', 'slot-2', 'slot-3'])
  expect(seen.wasSilents).toBe(true)
  expect(seen.ways.toSorted((a, b) => a - b)).toEqual([11, 12, 13])
  expect(seen.withinMs).toBeLessThan(3_000)
  expect(seen.played.energy).toBeGreaterThan(0.001)
  expect(seen.played.concealed).toBeLessThan(48_000)
})

test('[MEDIAWORKER-40] a line on which nothing comes, by the word of the other side, is asked for anew, and the voice heard by that one', async ({
  harness,
}) => {
  const seen = await harness.evaluate(async () => {
    const { open, connect, connectLines, tellKeys, until, pause, shown } = media
    const [source, leaf] = [open(1), open(2)]
    leaf.isDeaf = true
    await connect(source, leaf)
    leaf.isDeaf = false
    await connectLines(source, leaf)
    tellKeys(source, leaf)
    await source.speak()
    leaf.want(shown(1, 'audio', 1, { maxTemporal: 0 }))
    const withinMs = await until(() => leaf.figures?.levels.some(([id, level]) => id === 1 && level > 0.01) === true, 15_000)
    await pause(3_000)
    return { withinMs, needed: source.news.flatMap((news) => (news.t === 'need-voice-line' ? [news.line] : [])) }
  })
  expect(seen.needed).toEqual(['audio', 'audio'])
  expect(seen.withinMs).toBeGreaterThan(4_000)
})
