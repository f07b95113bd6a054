/**
 * Where the programs we are compared with live: an empty page, their bundles, and the tracker WebTorrent brings along. It
 * listens on every address, since devices of the link emulator know this machine by another one.
 */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'

const WEBTORRENT = fileURLToPath(import.meta.resolve('webtorrent/dist/webtorrent.min.js'))
/** WebTorrent depends on it, so it is here without being listed. */
const TRACKER = import.meta.resolve('bittorrent-tracker/server')

export type ReferenceSite = {
  /** Its page, for devices that know this machine by this address. */
  origin(address?: string): string
  tracker(address?: string): string
  close(): void
}

/** `scripts` are served besides WebTorrent's, by path. */
export async function openReferenceSite(scripts: Readonly<Record<string, string>> = {}): Promise<ReferenceSite> {
  const site = createServer((request, response) => {
    const path = request.url ?? '/'
    const script = path === '/webtorrent.js' ? readFileSync(WEBTORRENT) : scripts[path]
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript')
    response.end(script ?? '<!doctype html><title>reference</title>')
  })
  const { default: Tracker } = (await import(TRACKER)) as { default: TrackerServer }
  const tracker = new Tracker({ udp: false, http: false, ws: true, stats: false })
  await Promise.all([
    new Promise<void>((done) => site.listen(0, '0.0.0.0', done)),
    new Promise<void>((done) => tracker.listen(0, '0.0.0.0', done)),
  ])
  return {
    origin: (address = '127.0.0.1') => `http://${address}:${portOf(site)}`,
    tracker: (address = '127.0.0.1') => `ws://${address}:${portOf(tracker.http)}`,
    close: () => {
      site.close()
      tracker.close()
    },
  }
}

type TrackerServer = new (
  options: object,
) => { readonly http: Server; listen(port: number, host: string, done: () => void): void; close(): void }

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
