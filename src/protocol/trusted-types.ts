/**
 * Trusted Types policies that pages of the relay may create; the relay's Content-Security-Policy names them and no
 * other. `default` is asked whenever a script's address is given as plain text, which is how workers are started.
 */
export const TRUSTED_TYPES_POLICIES = ['svelte-trusted-html', 'default'] as const

/** Scripts a page may start as workers: our service worker, and built files with a hash in their name. */
export function isOwnScript(url: { readonly origin: string; readonly pathname: string }, pageOrigin: string): boolean {
  return url.origin === pageOrigin && (url.pathname === '/sw.js' || /^\/assets\/[\w.-]+\.js$/.test(url.pathname))
}
