/**
 * A file read from a room by a device that has nothing of it, against a bare data channel, WebTorrent and Helia, next door
 * and at a distance. Everything is taken in turn, round by round.
 */
import type { Browser, Page } from 'playwright'
import { buildIfStale } from '../../build-app.ts'
import { RelayProcess } from '../../e2e/relay-process.ts'
import { seededRandom } from '../../sim/random.ts'
import { type Bench, type Figures, interleave, median, ratio } from '../bench.ts'
import { measureRawChannel } from '../link/raw-channel.ts'
import { measureWebtorrent, WEBTORRENT_VERSION } from '../link/webtorrent.ts'
import { cpuMsOfChildren } from '../machine.ts'
import { openReferenceSite } from '../reference-site.ts'
import { launchBrowser, withPages, withPagesOf } from '../two-pages.ts'
import { openWan, type Wan, whyNoWan } from '../wan/open-wan.ts'
import { bundleHelia, HELIA_SCRIPT, HELIA_VERSIONS, measureHelia } from './helia.ts'
import { measureGet, measurePut, measureSeeks, type Read, seekOffsets, share } from './room.ts'

const MIB = 1024 * 1024
/** What suits a bare channel best here; see `bench link`. */
const MESSAGE_BYTES = 64 * 1024
const HOLDERS_FAR = 4
/** Each device stands so far from the switch between them: 50 ms from one to the other and back. */
const LINE = { delayMs: 12.5 }

type Samples = Record<string, number[]>
type Sizes = {
  readonly near: number
  readonly far: number
  /** Of the file that is sought in at a distance, and how often in a round. */
  readonly sought: number
  readonly seeks: number
  readonly put: number
}
type Measured = { readonly samples: Samples; readonly notes: readonly string[] }
type Site = Awaited<ReturnType<typeof openReferenceSite>>

export const bench: Bench = async ({ isQuick, say }) => {
  if (!(await buildIfStale())) throw new Error('the page could not be built')
  const rounds = isQuick ? 1 : 5
  const sizes = isQuick
    ? { near: 16 * MIB, far: 4 * MIB, sought: 4 * MIB, seeks: 4, put: 8 * MIB }
    : { near: 64 * MIB, far: 32 * MIB, sought: 32 * MIB, seeks: 24, put: 64 * MIB }
  const site = await openReferenceSite({ [HELIA_SCRIPT]: await bundleHelia() })
  try {
    const near = await measureNear(site, sizes, rounds, say)
    const reason = whyNoWan()
    const far: Measured = reason === undefined ? await measureFar(site, sizes, rounds, say) : { samples: {}, notes: [reason] }
    const samples = { ...near.samples, ...far.samples }
    return {
      figures: figuresOf(samples),
      rounds,
      peers: { rtcDataChannel: near.chromium, webtorrent: WEBTORRENT_VERSION, ...HELIA_VERSIONS },
      notes: [...near.notes, ...far.notes],
      samples,
    }
  } finally {
    site.close()
  }
}

function figuresOf(samples: Samples): Figures {
  const { rawMiBps, getMiBps, webtorrentMiBps, heliaMiBps, putCopyMiBps, wanRoomMiBps, wanHeliaMiBps, wanWebtorrentMiBps } = samples
  const medians = { cpuMsPerMiB: samples['cpuMs'], wanMiBps: wanRoomMiBps, firstByteMs: samples['firstMs'] }
  return {
    ...ratio('getVsRaw', getMiBps, rawMiBps),
    ...ratio('getVsWebtorrent', getMiBps, webtorrentMiBps),
    ...ratio('getVsHelia', getMiBps, heliaMiBps),
    ...Object.fromEntries(Object.entries(medians).flatMap(([name, values]) => (values === undefined ? [] : [[name, median(values)]]))),
    ...ratio('wanGetVsHelia', wanRoomMiBps, wanHeliaMiBps),
    ...ratio('wanGetVsWebtorrent', wanRoomMiBps, wanWebtorrentMiBps),
    ...p95('seekP95Ms', samples['wanSeekMs']),
    ...p95('seekNearP95Ms', samples['seekMs']),
    ...ratio('putVsRawPerCopy', putCopyMiBps, rawMiBps),
  }
}

/** One holder, one asker, on one machine. */
async function measureNear(
  site: Site,
  sizes: Sizes,
  rounds: number,
  say: (line: string) => void,
): Promise<Measured & { chromium: string }> {
  const [browser, relay] = await Promise.all([launchBrowser(), RelayProcess.open({ ALLOWED_ORIGINS: site.origin() })])
  const extra: { cpuMs: number[]; firstMs: number[]; seekMs: number[] } = { cpuMs: [], firstMs: [], seekMs: [] }
  const random = seededRandom(1)
  const rivals = (measure: (pages: readonly Page[]) => Promise<number>) => () => withPages(browser, 2, site.origin(), measure)
  const room = (count: number, measure: (pages: readonly Page[]) => Promise<number>) => () =>
    withPages(browser, count, relay.origin, measure)
  const contestants = [
    { name: 'rawMiBps', measure: rivals((pages) => measureRawChannel(pages, sizes.near, MESSAGE_BYTES)) },
    {
      name: 'getMiBps',
      measure: room(2, async (pages) => {
        const { asker, files } = await share(pages, [sizes.near, sizes.near])
        const [file, other] = files
        if (file === undefined || other === undefined) throw new Error('the files are gone')
        const read = await measureGet(asker, file, sizes.near, () => cpuMsOfChildren([relay.pid]))
        extra.cpuMs.push(read.cpuMsPerMiB)
        extra.firstMs.push(read.firstByteMs)
        extra.seekMs.push(...(await measureSeeks(asker, other, seekOffsets(sizes.near, sizes.seeks, random.next))))
        return read.mibPerSecond
      }),
    },
    { name: 'webtorrentMiBps', measure: rivals((pages) => measureWebtorrent(pages, sizes.near, site.tracker())) },
    { name: 'heliaMiBps', measure: rivals((pages) => measureHelia(pages, sizes.near, relay.origin)) },
    { name: 'putCopyMiBps', measure: room(3, (pages) => measurePut(pages, sizes.put)) },
  ]
  try {
    const { samples, notes } = await interleave(contestants, rounds, say)
    return { samples: { ...samples, ...withoutEmpty(extra) }, notes, chromium: browser.version() }
  } finally {
    await browser.close()
    await relay.close()
  }
}

/** Four holders in one browser, the asker in another, 50 ms between the two. */
async function measureFar(site: Site, sizes: Sizes, rounds: number, say: (line: string) => void): Promise<Measured> {
  const wan: Wan = await openWan({ devices: 2, seed: 1, line: LINE })
  const page = site.origin(wan.address)
  const relay = await RelayProcess.open({ HOST: '0.0.0.0', ALLOWED_ORIGINS: page })
  const origin = `http://${wan.address}:${relay.port}`
  const extra: { wanSeekMs: number[]; wanFirstMs: number[] } = { wanSeekMs: [], wanFirstMs: [] }
  const random = seededRandom(2)
  try {
    const [asker, holder] = await Promise.all([wan.launch(0, page, origin), wan.launch(1, page, origin)])
    const browsers: Browser[] = [...Array.from({ length: HOLDERS_FAR }, () => holder), asker]
    const ours = async (pages: readonly Page[]) => {
      const { asker, files } = await share(pages, [sizes.far, sizes.sought])
      const [file, other] = files
      if (file === undefined || other === undefined) throw new Error('the files are gone')
      const read: Read = await measureGet(asker, file, sizes.far, () => 0)
      extra.wanFirstMs.push(read.firstByteMs)
      extra.wanSeekMs.push(...(await measureSeeks(asker, other, seekOffsets(sizes.sought, sizes.seeks, random.next))))
      return read.mibPerSecond
    }
    const { samples, notes } = await interleave(
      [
        { name: 'wanRoomMiBps', measure: () => withPagesOf(browsers, origin, ours) },
        {
          name: 'wanWebtorrentMiBps',
          measure: () => withPagesOf(browsers, page, (pages) => measureWebtorrent(pages, sizes.far, site.tracker(wan.address))),
        },
        { name: 'wanHeliaMiBps', measure: () => withPagesOf(browsers, page, (pages) => measureHelia(pages, sizes.far, origin)) },
        {
          name: 'wanRawMiBps',
          measure: () => withPagesOf([holder, asker], page, (pages) => measureRawChannel(pages, sizes.far, MESSAGE_BYTES)),
        },
      ],
      rounds,
      say,
    )
    return { samples: { ...samples, ...withoutEmpty(extra) }, notes }
  } finally {
    await wan.close()
    await relay.close()
  }
}

function p95(name: string, values: readonly number[] | undefined): Figures {
  if (values === undefined || values.length === 0) return {}
  return { [name]: values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN }
}

function withoutEmpty(samples: Samples): Samples {
  return Object.fromEntries(Object.entries(samples).filter(([, values]) => values.length > 0))
}
