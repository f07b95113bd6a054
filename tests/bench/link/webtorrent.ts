/**
 * WebTorrent as it is: its browser bundle, its own tracker on this machine for the introduction, its default store. The
 * torrent's description is handed over beforehand, and time runs from the moment the asker is connected to all who seed
 * to its `done`, which comes when every piece is checked and stored.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright'
import '../random-bytes.ts'

const MANIFEST = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve('webtorrent/package.json')), 'utf8')) as {
  readonly version: string
}

export const WEBTORRENT_VERSION = MANIFEST.version

type Torrent = {
  readonly torrentFile: Uint8Array
  on(event: 'wire', listener: () => void): void
  once(event: 'done' | 'error', listener: (cause: unknown) => void): void
  readonly pieces: readonly unknown[]
  select(first: number, last: number, priority: number): void
}
type Client = {
  seed(file: File, options: object, done: (torrent: Torrent) => void): void
  add(torrentFile: Uint8Array, options: object): Torrent
}

/** MiB/s. The last page asks, all others seed. `seed`: of the bytes. */
export async function measureWebtorrent(pages: readonly Page[], totalBytes: number, tracker: string, seed = 1): Promise<number> {
  const [seeders, leecher] = [pages.slice(0, -1), pages.at(-1)]
  if (leecher === undefined || seeders.length === 0) throw new Error('two pages are needed')
  const torrents = await Promise.all(seeders.map((page) => page.evaluate(offer, { totalBytes, tracker, seed })))
  const torrentFile = torrents[0] as number[]
  const seconds = await leecher.evaluate(download, { torrentFile, tracker, seeders: seeders.length })
  return totalBytes / 1024 / 1024 / seconds
}

type Offer = { readonly totalBytes: number; readonly tracker: string; readonly seed: number }

async function offer({ totalBytes, tracker, seed }: Offer): Promise<number[]> {
  const bundle = '/webtorrent.js'
  const { default: WebTorrent } = (await import(bundle)) as { default: new (options: object) => Client }
  const bytes = await makeBytes(totalBytes, seed)
  const client = new WebTorrent({ dht: false, lsd: false, tracker: { rtcConfig: {} } })
  const torrent = await new Promise<Torrent>((done) => client.seed(new File([bytes], 'bytes'), { announce: [tracker] }, done))
  return [...torrent.torrentFile]
}

/** Nothing is selected until all are connected, so that it starts with all its sources, as the others do. */
async function download(options: { torrentFile: number[]; tracker: string; seeders: number }): Promise<number> {
  const bundle = '/webtorrent.js'
  const { default: WebTorrent } = (await import(bundle)) as { default: new (options: object) => Client }
  const client = new WebTorrent({ dht: false, lsd: false, tracker: { rtcConfig: {} } })
  const torrent = client.add(new Uint8Array(options.torrentFile), { announce: [options.tracker], deselect: true })
  return new Promise((done, fail) => {
    let wires = 0
    torrent.on('wire', () => {
      if (++wires !== options.seeders) return
      const startMs = performance.now()
      torrent.once('done', () => done((performance.now() - startMs) / 1000))
      torrent.select(0, torrent.pieces.length - 1, 0)
    })
    torrent.once('error', fail)
    setTimeout(() => fail(new Error(`${wires} of ${options.seeders} seeders were reached`)), 60_000)
  })
}
