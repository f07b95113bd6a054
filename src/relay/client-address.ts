/**
 * Whose request this is. Each trusted proxy appends the address it saw to X-Forwarded-For, so the client stands as many
 * entries from the right as there are proxies; anything further left was written by the client itself.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

export function clientAddress(remote: string, forwardedFor: string | undefined, trustedProxies: number): string {
  if (trustedProxies === 0 || forwardedFor === undefined) return remote
  const hops = forwardedFor.split(',').map((part) => part.trim())
  const hop = hops[Math.max(0, hops.length - trustedProxies)] ?? ''
  return isIP(hop) === 0 ? remote : hop
}

export function requestAddress(request: IncomingMessage, trustedProxies: number): string {
  const forwarded = request.headers['x-forwarded-for']
  return clientAddress(request.socket.remoteAddress ?? '', Array.isArray(forwarded) ? forwarded.join(',') : forwarded, trustedProxies)
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address)
}

/** Answer to a forwarded request when no proxy is trusted: going on would count all visitors as one. */
export const FORWARDED_UNTRUSTED =
  'This relay was reached through a proxy but TRUST_PROXY is not set, so every visitor would look like the same one. Set TRUST_PROXY to the number of proxies in front (usually 1) and start it again.'
