/**
 * Under the relay's policy the browser takes no plain text where a script's address belongs. This page trusts the
 * addresses of its own workers and nothing else; there is no rule for HTML or script text, so those stay refused.
 * Runs before the first worker is started or registered.
 */
import { isOwnScript } from '../protocol/trusted-types.ts'

type PolicyFactory = { createPolicy(name: string, rules: { createScriptURL(url: string): string | null }): unknown }

export function trustOwnScripts(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory }
  trustedTypes?.createPolicy('default', {
    createScriptURL: (url) => (isOwnScript(new URL(url, location.href), location.origin) ? url : null),
  })
}
