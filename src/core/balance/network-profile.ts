/**
 * Which network a client is in, said without its address: the prefix that a household or office has, to be hashed with a
 * salt that stays where it was made, and how its NAT treats connections. Addresses go in and nothing of them comes out
 * but the prefix.
 */

export const NAT_KINDS = ['open', 'same-port', 'new-port', 'closed', 'unknown'] as const
/**
 * `open`: no NAT. `same-port`: whoever is asked sees the same outer port, so pairs find each other. `new-port`: each other side
 * sees another one. `closed`: nobody outside answers.
 */
export type NatKind = (typeof NAT_KINDS)[number]

/** As the browser gathered it; `address` and `relatedPort` where it says them. */
export type GatheredCandidate = {
  readonly type: string
  readonly protocol: string
  readonly address: string | undefined
  readonly port: number
  readonly relatedPort: number | undefined
}

/** `servers`: how many were asked from outside; with none there is nothing to conclude. */
export function natKind(candidates: readonly GatheredCandidate[], servers: number): NatKind {
  const udp = candidates.filter(({ protocol }) => protocol === 'udp')
  const outer = udp.filter(({ type }) => type === 'srflx')
  const own = new Set(udp.flatMap(({ type, address }) => (type === 'host' && address !== undefined ? [address] : [])))
  if (servers === 0) return 'unknown'
  // Of an open path the outer address is the inner one, and browsers leave such a candidate out.
  if (outer.length === 0) return [...own].some(isPublic) ? 'open' : 'closed'
  if (outer.some(({ address }) => address !== undefined && own.has(address))) return 'open'
  if (servers === 1) return 'unknown'
  const ports = new Map<string, Set<number>>()
  for (const { address, relatedPort, port } of outer) {
    const from = `${address} ${relatedPort ?? 0}`
    ports.set(from, (ports.get(from) ?? new Set()).add(port))
  }
  return [...ports.values()].some(({ size }) => size > 1) ? 'new-port' : 'same-port'
}

/** The address others see, if any candidate tells it. */
export function outerAddress(candidates: readonly GatheredCandidate[]): string | undefined {
  const outer = candidates.find(({ type, address }) => type === 'srflx' && address !== undefined)
  const own = candidates.find(({ type, address }) => type === 'host' && address !== undefined && isPublic(address))
  return (outer ?? own)?.address
}

/** /24 of IPv4 and /48 of IPv6: what one household or office usually has. 'unknown' for anything else, mDNS names among it. */
export function networkPrefix(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  if (isIpv4(mapped)) return mapped.split('.').slice(0, 3).join('.')
  const groups = ipv6Groups(mapped)
  return groups === undefined ? 'unknown' : groups.slice(0, 3).join(':')
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

/** All eight, without leading zeros; a zone after % is not part of the address. */
function ipv6Groups(text: string): readonly string[] | undefined {
  const halves = (text.split('%')[0] as string).split('::')
  const [before = [], after = []] = halves.map((half) => (half === '' ? [] : half.split(':').flatMap(asGroups)))
  const written = before.length + after.length
  const isWhole = halves.length === 1 ? written === 8 : halves.length === 2 && written < 8
  if (!isWhole || ![...before, ...after].every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  const groups = [...before, ...Array<string>(8 - written).fill('0'), ...after]
  return groups.map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
}

/** An IPv4 address at the end stands for two groups. */
function asGroups(part: string): readonly string[] {
  if (!isIpv4(part)) return [part]
  const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number)
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)]
}

function isPublic(address: string): boolean {
  if (isIpv4(address)) return !/^(10|127|0|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(address)
  return ipv6Groups(address) !== undefined && /^[23]/.test(address)
}
