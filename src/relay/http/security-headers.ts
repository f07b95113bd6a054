/**
 * What every answer says about itself. Scripts come from this origin only and cannot turn text into code; nothing here
 * may be framed or read by other origins; camera, microphone and screen are for this origin's pages alone.
 */
import { TRUSTED_TYPES_POLICIES } from '../../protocol/trusted-types.ts'

/** What is not named here keeps the browser's default; a name that a browser does not know fills its console. */
const FEATURES_FOR_US = ['camera', 'microphone', 'display-capture', 'fullscreen', 'screen-wake-lock']
const FEATURES_OFF = [
  'accelerometer',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'midi',
  'payment',
  'serial',
  'usb',
  'xr-spatial-tracking',
]

export type HeaderContext = {
  /** Host header of the request, or the host of PUBLIC_URL. */
  readonly host: string | undefined
  readonly isHttps: boolean
}

export function securityHeaders(context: HeaderContext): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(context),
    'permissions-policy': [...FEATURES_FOR_US.map((name) => `${name}=(self)`), ...FEATURES_OFF.map((name) => `${name}=()`)].join(', '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'x-frame-options': 'DENY',
    'x-dns-prefetch-control': 'off',
    ...(context.isHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
}

/** Workers have their own policy from their own answer, so every file carries this. */
function contentSecurityPolicy(context: HeaderContext): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob: data:",
    `connect-src ${["'self'", ...socketOrigin(context)].join(' ')}`,
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${TRUSTED_TYPES_POLICIES.join(' ')}`,
  ].join('; ')
}

/** Older browsers do not count a socket to the same host as 'self'. The host is the client's word: only a plain one is repeated. */
function socketOrigin({ host, isHttps }: HeaderContext): string[] {
  if (host === undefined || !/^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(host)) return []
  return [`${isHttps ? 'wss' : 'ws'}://${host}`]
}
