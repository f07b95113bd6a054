/** The package most programs with a mesh are made with, on the same empty page, as the script it brings for browsers. Where development packages are left out there is a note. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright'

const PACKAGE = 'simple-peer'

/** Its script for a page, and its version; undefined where it is not installed. */
export function findSimplePeer(): { readonly script: string; readonly version: string } | undefined {
  try {
    const { resolve } = createRequire(import.meta.url)
    const { version } = JSON.parse(readFileSync(resolve(`${PACKAGE}/package.json`), 'utf8')) as { version: string }
    return { script: readFileSync(resolve(`${PACKAGE}/simplepeer.min.js`), 'utf8'), version }
  } catch {
    return undefined
  }
}

/** What we use of it. */
type Peer = {
  on(event: 'signal', listener: (signal: unknown) => void): void
  signal(signal: unknown): void
  readonly _pc: RTCPeerConnection
}
type Peers = { readonly SimplePeer: new (options: object) => Peer; peers: Peer[] }

/** Both pages have its script. Resolves when every pair has exchanged its descriptions. */
export async function connectSimplePeers(sender: Page, receiver: Page, count: number): Promise<void> {
  const offers = await sender.evaluate(async (count) => {
    const page = globalThis as unknown as Peers
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } })
    page.peers = Array.from({ length: count }, () => new page.SimplePeer({ initiator: true, trickle: false, stream }))
    return Promise.all(page.peers.map((peer) => new Promise((done) => peer.on('signal', done))))
  }, count)
  const answers = await receiver.evaluate((offers) => {
    const page = globalThis as unknown as Peers
    page.peers = offers.map(() => new page.SimplePeer({ trickle: false }))
    return Promise.all(
      page.peers.map((peer, n) => {
        const answered = new Promise((done) => peer.on('signal', done))
        peer.signal(offers[n])
        return answered
      }),
    )
  }, offers)
  await sender.evaluate((answers) => {
    for (const [n, peer] of (globalThis as unknown as Peers).peers.entries()) peer.signal(answers[n])
  }, answers)
}

/** Pictures decoded so far, over all peers of the page. */
export function readSimplePeers(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const stats = await Promise.all((globalThis as unknown as Peers).peers.map(({ _pc }) => _pc.getStats()))
    const videos = stats.flatMap((one) => [...one.values()]).filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video')
    return videos.reduce((sum, { framesDecoded = 0 }) => sum + framesDecoded, 0)
  })
}
