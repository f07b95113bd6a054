/** Helia in pages of its own; the introduction is our relay's, which any libp2p node can use. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright'
import { relayAddress } from '../../../src/tab/mesh/relay-address.ts'
import { bundle } from '../../e2e/bundle.ts'
import '../random-bytes.ts'
import type {} from './helia-page.ts'

export const HELIA_SCRIPT = '/helia.js'
export const HELIA_VERSIONS = { helia: versionOf('helia'), 'blockstore-idb': versionOf('blockstore-idb') }

export function bundleHelia(): Promise<string> {
  return bundle('tests/bench/storage/helia-page.ts')
}

/** MiB/s. The last page asks, all others hold; `relay` is the relay's origin as the pages see it. */
export async function measureHelia(pages: readonly Page[], totalBytes: number, relay: string, seed = 1): Promise<number> {
  const [holders, asker] = [pages.slice(0, -1), pages.at(-1)]
  if (asker === undefined || holders.length === 0) throw new Error('two pages are needed')
  const { peerId } = (await (await fetch(`http://127.0.0.1:${new URL(relay).port}/relay.json`)).json()) as { peerId: never }
  const { multiaddr } = relayAddress(relay, peerId)
  const tabs = await Promise.all(
    pages.map((page) =>
      page.evaluate(
        async ({ multiaddr, script }) => {
          await import(script)
          globalThis.heliaSide = await openHelia(multiaddr)
          return heliaSide.self
        },
        { multiaddr, script: HELIA_SCRIPT },
      ),
    ),
  )
  const put = async ({ totalBytes, seed }: { totalBytes: number; seed: number }) => heliaSide.put(await makeBytes(totalBytes, seed))
  const roots: string[] = []
  for (const holder of holders) roots.push(await holder.evaluate(put, { totalBytes, seed }))
  for (const tab of tabs.slice(0, -1)) await asker.evaluate((tab) => heliaSide.dial(tab), tab)
  const seconds = await asker.evaluate(({ root, totalBytes }) => heliaSide.get(root, totalBytes), { root: roots[0] as string, totalBytes })
  return totalBytes / 1024 / 1024 / seconds
}

/** From the package.json above its entry: not every package lets its manifest be imported. */
function versionOf(name: string): string {
  const entry = fileURLToPath(import.meta.resolve(name))
  const root = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length)
  return (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }).version
}
