/**
 * What can be told of this tab's network without asking anybody but the ICE servers it uses anyway: the prefix others see and the
 * kind of NAT, from the candidates of a connection that is never used. What is told of the network has no address in it.
 */
import { type GatheredCandidate, type NatKind, natKind, networkPrefix, outerAddress } from '../../core/balance/network-profile.ts'
import type { Clock } from '../../ports/clock.ts'
import { NETWORK_PROBE_MS } from '../../protocol/limits.ts'

export type NetworkSeen = {
  /** Undefined: the browser tells no address. */
  readonly prefix: string | undefined
  readonly nat: NatKind
}

export async function readNetwork(iceServers: readonly RTCIceServer[], clock: Clock): Promise<NetworkSeen> {
  const gathered = await gather(iceServers, clock)
  const address = outerAddress(gathered)
  const prefix = address === undefined ? 'unknown' : networkPrefix(address)
  return { prefix: prefix === 'unknown' ? undefined : prefix, nat: natKind(gathered, countOf(iceServers)) }
}

/** With addresses: for this file, and for what tells none on. */
export async function gather(iceServers: readonly RTCIceServer[], clock: Clock): Promise<readonly GatheredCandidate[]> {
  const connection = new RTCPeerConnection({ iceServers: [...iceServers] })
  const gathered: GatheredCandidate[] = []
  try {
    connection.createDataChannel('')
    const isDone = new Promise<void>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve()
        else gathered.push(plainOf(candidate))
      }
      clock.after(NETWORK_PROBE_MS, resolve)
    })
    await connection.setLocalDescription()
    await isDone
  } finally {
    connection.close()
  }
  return gathered
}

function plainOf({ type, protocol, address, port, relatedPort }: RTCIceCandidate): GatheredCandidate {
  const isName = address?.endsWith('.local') === true
  return {
    type: type ?? '',
    protocol: protocol ?? '',
    address: isName ? undefined : (address ?? undefined),
    port: port ?? 0,
    relatedPort: relatedPort ?? undefined,
  }
}

/** Those that tell an outer address. */
export function countOf(iceServers: readonly RTCIceServer[]): number {
  return iceServers.flatMap(({ urls }) => urls).filter((url) => /^stuns?:/.test(url)).length
}
