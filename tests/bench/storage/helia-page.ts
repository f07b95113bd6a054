/**
 * Helia as its makers assemble it for a browser, with bitswap over libp2p's WebRTC and blockstore-idb, and without what calls
 * servers of the world: gateways, delegated routing, the public DHT. Bundled and served to a page of its own.
 */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { withBitswap } from '@helia/bitswap'
import { withLibp2pLight } from '@helia/libp2p'
import { unixfs } from '@helia/unixfs'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { IDBBlockstore } from 'blockstore-idb'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'

async function open(relay: string) {
  const blockstore = new IDBBlockstore('helia')
  await blockstore.open()
  const helia = await withBitswap(
    withLibp2pLight(createHeliaLight({ blockstore }), {
      addresses: { listen: [`${relay}/p2p-circuit`, '/webrtc'] },
      transports: [webSockets(), webRTC({ rtcConfiguration: { iceServers: [] } }), circuitRelayTransport()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionGater: { denyDialMultiaddr: () => false },
      services: { identify: identify(), ping: ping() },
    }),
  ).start()
  await helia.libp2p.dial(multiaddr(relay))
  const files = unixfs(helia)
  return {
    self: helia.libp2p.peerId.toString(),
    /** Gives the root. A stream, as of a file: of one long array IndexedDB would store the whole with each block, and be full. */
    put: async (bytes: Uint8Array<ArrayBuffer>) => (await files.addByteStream(new Blob([bytes]).stream())).toString(),
    /** Opens a direct connection to a tab, introduced by the relay. */
    dial: async (tab: string) => {
      for (let tries = 0; ; tries++) {
        try {
          const connection = await helia.libp2p.dial(multiaddr(`${relay}/p2p-circuit/webrtc/p2p/${tab}`))
          if (connection.limits === undefined) return
        } catch (error) {
          if (tries === 5) throw error
        }
      }
    },
    /** Seconds from asking to the last byte: every block is then hashed and in IndexedDB. */
    get: async (root: string, totalBytes: number) => {
      const startMs = performance.now()
      let bytes = 0
      for await (const part of files.cat(CID.parse(root))) bytes += part.byteLength
      if (bytes !== totalBytes) throw new Error(`${bytes} bytes came`)
      return (performance.now() - startMs) / 1000
    },
  }
}

export type HeliaSide = Awaited<ReturnType<typeof open>>
Object.assign(globalThis, { openHelia: open })

declare global {
  var openHelia: typeof open
  var heliaSide: HeliaSide
}
