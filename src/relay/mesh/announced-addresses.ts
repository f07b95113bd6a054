/** How the relay names itself to tabs that reserve with it. Tabs dial by the address of their page; this is for others. */
import { isIP } from 'node:net'
import type { Config } from '../config.ts'

export function announcedAddresses(config: Pick<Config, 'HOST' | 'PUBLIC_URL'>, port: number): string[] {
  if (config.PUBLIC_URL === undefined) {
    const isAnyAddress = config.HOST === '0.0.0.0' || config.HOST === '::'
    return [addressOf(isAnyAddress ? '127.0.0.1' : config.HOST, port, false)]
  }
  const url = new URL(config.PUBLIC_URL)
  const isHttps = url.protocol === 'https:'
  return [addressOf(url.hostname, Number(url.port) || (isHttps ? 443 : 80), isHttps)]
}

function addressOf(hostname: string, port: number, isHttps: boolean): string {
  const host = hostname.replace(/^\[|\]$/g, '')
  const kind = { 4: 'ip4', 6: 'ip6' }[isIP(host)] ?? 'dns'
  return `/${kind}/${host}/tcp/${port}${isHttps ? '/tls' : ''}/ws`
}
