/** Where the relay is: on the origin that served the page, unless the page says otherwise. */
import type { TabId } from '../../protocol/ids.ts'

export type RelayAddress = { readonly peer: TabId; readonly multiaddr: string }

/** A libp2p multiaddr of the WebSocket listener that shares the page's port. */
export function relayAddress(origin: string, peer: TabId): RelayAddress {
  const url = new URL(origin)
  const isSecure = url.protocol === 'https:'
  const port = url.port === '' ? (isSecure ? '443' : '80') : url.port
  return { peer, multiaddr: `${hostPart(url.hostname)}/tcp/${port}/${isSecure ? 'tls/ws' : 'ws'}/p2p/${peer}` }
}

function hostPart(hostname: string): string {
  if (hostname.startsWith('[')) return `/ip6/${hostname.slice(1, -1)}`
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? `/ip4/${hostname}` : `/dns/${hostname}`
}
