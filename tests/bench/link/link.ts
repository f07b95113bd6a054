/** One source, one asker, 64 MiB: our link against a bare data channel and against WebTorrent, in turn. */
import type { Page } from 'playwright'
import { buildIfStale } from '../../build-app.ts'
import { RelayProcess } from '../../e2e/relay-process.ts'
import { type Bench, interleave, median, ratio } from '../bench.ts'
import { cpuMsOfChildren } from '../machine.ts'
import { openReferenceSite } from '../reference-site.ts'
import { launchBrowser, withPages } from '../two-pages.ts'
import { measureFirstByte, measureHeld } from './our-link.ts'
import { measureRawChannel } from './raw-channel.ts'
import { measureWebtorrent, WEBTORRENT_VERSION } from './webtorrent.ts'

const MIB = 1024 * 1024
const TOTAL_BYTES = 64 * MIB
const FIRST_BYTE_FILE_BYTES = 16 * MIB
/** The bare channel gets the size that suits it best on this machine, found before the rounds. */
const MESSAGE_BYTES = [16 * 1024, 64 * 1024, 256 * 1024]

export const bench: Bench = async ({ isQuick, say }) => {
  if (!(await buildIfStale())) throw new Error('the page could not be built')
  const [browser, site, relay] = await Promise.all([launchBrowser(), openReferenceSite(), RelayProcess.open()])
  const cpuMsPerMiB: number[] = []
  try {
    const raw = (messageBytes: number) =>
      withPages(browser, 2, site.origin(), (pages) => measureRawChannel(pages, TOTAL_BYTES, messageBytes))
    const messageBytes = await fastest(MESSAGE_BYTES, raw)
    say(`bare channel: messages of ${messageBytes / 1024} KiB`)

    const ours = async (pages: readonly Page[]) => {
      const { seconds, cpuMs } = await measureHeld(pages, TOTAL_BYTES, () => cpuMsOfChildren([relay.pid]))
      cpuMsPerMiB.push(cpuMs / (TOTAL_BYTES / MIB))
      return TOTAL_BYTES / MIB / seconds
    }
    const speeds = await interleave(
      [
        { name: 'rawMiBps', measure: () => raw(messageBytes) },
        { name: 'oursMiBps', measure: () => withPages(browser, 2, relay.origin, ours) },
        {
          name: 'webtorrentMiBps',
          measure: () => withPages(browser, 2, site.origin(), (pages) => measureWebtorrent(pages, TOTAL_BYTES, site.tracker())),
        },
      ],
      isQuick ? 2 : 7,
      say,
    )
    const first = await interleave(
      [
        {
          name: 'firstByteMs',
          measure: () => withPages(browser, 2, relay.origin, (pages) => measureFirstByte(pages, FIRST_BYTE_FILE_BYTES)),
        },
      ],
      isQuick ? 2 : 7,
      say,
    )
    const { rawMiBps, oursMiBps, webtorrentMiBps } = speeds.samples
    const { firstByteMs } = first.samples
    return {
      figures: {
        ...ratio('getVsRaw', oursMiBps, rawMiBps),
        ...ratio('getVsWebtorrent', oursMiBps, webtorrentMiBps),
        ...(firstByteMs === undefined ? {} : { firstByteMs: median(firstByteMs) }),
        ...(cpuMsPerMiB.length === 0 ? {} : { cpuMsPerMiB: median(cpuMsPerMiB) }),
      },
      rounds: isQuick ? 2 : 7,
      peers: { rtcDataChannel: `Chromium ${browser.version()}, messages of ${messageBytes} bytes`, webtorrent: WEBTORRENT_VERSION },
      notes: [...speeds.notes, ...first.notes],
      samples: { ...speeds.samples, ...first.samples, cpuMsPerMiB },
    }
  } finally {
    await browser.close()
    site.close()
    await relay.close()
  }
}

async function fastest(sizes: readonly number[], measure: (size: number) => Promise<number>): Promise<number> {
  let best = { size: 0, speed: 0 }
  for (const size of sizes) {
    const speed = await measure(size)
    if (speed > best.speed) best = { size, speed }
  }
  return best.size
}
