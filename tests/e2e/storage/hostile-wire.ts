/**
 * A holder that means harm, as far as others can tell: an honest page whose blocks are changed, held back or dropped on
 * their way out. A script that runs before the page's own stands between it and its data channels.
 */
import type { BrowserContext, Page } from '@playwright/test'

export type Harm = 'flip' | 'hold' | 'drop' | 'none'

declare global {
  var harm: Harm
  /** Messages that were harmed. */
  var harmed: number
}

/** For `device(name, prepare)`. Nothing is harmed until told. */
export async function prepareHarm(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const HELD_MS = 20_000
    const HEADER_BYTES = 16
    globalThis.harm = 'none'
    globalThis.harmed = 0
    const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: unknown) => void
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
      const isBlock = this.label === 'data' && ArrayBuffer.isView(data) && data.byteLength > HEADER_BYTES
      if (!isBlock || globalThis.harm === 'none') return send.call(this, data)
      globalThis.harmed++
      if (globalThis.harm === 'drop') return
      const copy = new Uint8Array(data.byteLength)
      copy.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      if (globalThis.harm === 'hold') {
        setTimeout(() => this.readyState === 'open' && send.call(this, copy), HELD_MS)
        return
      }
      copy[copy.byteLength - 1] = (copy.at(-1) ?? 0) ^ 1
      send.call(this, copy)
    } as RTCDataChannel['send']
  })
}

export function setHarm(page: Page, harm: Harm): Promise<void> {
  return page.evaluate((harm) => {
    globalThis.harm = harm
  }, harm)
}
