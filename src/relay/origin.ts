/**
 * Whose pages may open a socket. Browsers name the page's origin and cannot be made to lie about it; programs that are
 * no browsers name none and are not held up, as they have no user's rights to abuse.
 */
import { isIP } from 'node:net'

export type OriginRule = { readonly publicUrl: string | undefined; readonly allowed: readonly string[] }

export function isOriginAllowed(origin: string | undefined, host: string | undefined, rule: OriginRule): boolean {
  if (origin === undefined) return true
  if (origin === rule.publicUrl || rule.allowed.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  const page = new URL(origin)
  return /^https?:$/.test(page.protocol) && page.host === host && isLocalName(page.hostname)
}

/**
 * Without PUBLIC_URL the relay believes its own address only when it is one that public DNS cannot give to somebody
 * else; a name of the internet could be pointed at this machine by its owner.
 */
function isLocalName(hostname: string): boolean {
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return true
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname.endsWith('.local') || !hostname.includes('.')
}
