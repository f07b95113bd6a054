/**
 * WebTorrent as it is: its browser bundle, its own tracker on this machine for the introduction, its default store. The
 * torrent's description is handed over beforehand, and time runs from the moment the two are connected to its `done`,
 * which comes when every piece is checked and stored.
 */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright'

const BUNDLE = fileURLToPath(import.meta.resolve('webtorrent/dist/webtorrent.min.js'))
/** WebTorrent depends on it, so it is here without being listed. */
const TRACKER = import.meta.resolve('bittorrent-tracker/server')
const MANIFEST = JSON.parse(readFileSync(BUNDLE.replace('dist/webtorrent.min.js', 'package.json'), 'utf8')) as { readonly version: string }

export const WEBTORRENT_VERSION = MANIFEST.version

export type ReferenceSite = { readonly url: string; readonly tracker: string; close(): void }

/** Serves an empty page and the bundle, and runs the tracker WebTorrent brings along. */
export async function openReferenceSite(): Promise<ReferenceSite> {
  const site = createServer((request, response) => {
    const isBundle = request.url === '/webtorrent.js'
    response.setHeader('content-type', isBundle ? 'text/javascript' : 'text/html')
    response.end(isBundle ? readFileSync(BUNDLE) : '<!doctype html><title>reference</title>')
  })
  const { default: Tracker } = (await import(TRACKER)) as { default: TrackerServer }
  const tracker = new Tracker({ udp: false, http: false, ws: true, stats: false })
  await Promise.all([listen(site), new Promise<void>((done) => tracker.listen(0, '127.0.0.1', done))])
  return {
    url: `http://127.0.0.1:${portOf(site)}/`,
    tracker: `ws://127.0.0.1:${portOf(tracker.http)}`,
    close: () => {
      site.close()
      tracker.close()
    },
  }
}

type TrackerServer = new (
  options: object,
) => { readonly http: Server; listen(port: number, host: string, done: () => void): void; close(): void }

type Torrent = {
  readonly torrentFile: Uint8Array
  once(event: 'wire' | 'done' | 'error', listener: (cause: unknown) => void): void
}
type Client = {
  seed(file: File, options: object, done: (torrent: Torrent) => void): void
  add(torrentFile: Uint8Array, options: object): Torrent
}

/** MiB/s, from connected to done. */
export async function measureWebtorrent([seeder, leecher]: readonly Page[], totalBytes: number, tracker: string): Promise<number> {
  if (seeder === undefined || leecher === undefined) throw new Error('two pages are needed')
  const torrentFile = await seeder.evaluate(seed, { totalBytes, tracker })
  const seconds = await leecher.evaluate(download, { torrentFile, tracker })
  return totalBytes / 1024 / 1024 / seconds
}

async function seed({ totalBytes, tracker }: { totalBytes: number; tracker: string }): Promise<number[]> {
  const bundle = '/webtorrent.js'
  const { default: WebTorrent } = (await import(bundle)) as { default: new (options: object) => Client }
  const bytes = new Uint8Array(totalBytes)
  for (let offset = 0; offset < totalBytes; offset += 65_536) crypto.getRandomValues(bytes.subarray(offset, offset + 65_536))
  const client = new WebTorrent({ dht: false, lsd: false, tracker: { rtcConfig: {} } })
  const torrent = await new Promise<Torrent>((done) => client.seed(new File([bytes], 'bytes'), { announce: [tracker] }, done))
  return [...torrent.torrentFile]
}

async function download({ torrentFile, tracker }: { torrentFile: number[]; tracker: string }): Promise<number> {
  const bundle = '/webtorrent.js'
  const { default: WebTorrent } = (await import(bundle)) as { default: new (options: object) => Client }
  const client = new WebTorrent({ dht: false, lsd: false, tracker: { rtcConfig: {} } })
  const torrent = client.add(new Uint8Array(torrentFile), { announce: [tracker] })
  return new Promise((done, fail) => {
    let connectedMs = 0
    torrent.once('wire', () => (connectedMs = performance.now()))
    torrent.once('done', () => done((performance.now() - connectedMs) / 1000))
    torrent.once('error', fail)
  })
}

function listen(server: Server): Promise<void> {
  return new Promise((done) => server.listen(0, '127.0.0.1', done))
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
