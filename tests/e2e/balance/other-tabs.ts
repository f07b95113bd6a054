/** Tabs that are not as good as they say, as far away as others, out of their person's sight, or told what others found. */
import type { BrowserContext } from '@playwright/test'
import { TECHNIQUES, type Technique } from '../../../src/protocol/balance.ts'
import { encodeFrame } from '../../../src/protocol/frame.ts'
import type { Device } from '../device.ts'

declare global {
  var isLying: boolean
}

/** What its page tells its media worker of others' streams is kept from it while it lies: it says that it passes on, and does not. */
export async function mayLie(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    globalThis.isLying = false
    const { postMessage } = Worker.prototype
    Worker.prototype.postMessage = function (this: Worker, message: { readonly t?: string }, ...rest: unknown[]) {
      const said = message?.t === 'forwards' && globalThis.isLying ? { ...message, children: 0 } : message
      return Reflect.apply(postMessage, this, [said, ...rest])
    }
  })
}

/** Takes effect at once, or with the call. */
export async function lie({ page }: Device): Promise<void> {
  await page.evaluate(() => {
    globalThis.isLying = true
    asterism.room.call.give({ passesOn: true })
  })
}

/** Its round trips are 40 ms longer: it asks and answers late how far others are. */
export async function isFarther(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const { send } = RTCDataChannel.prototype
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never) {
      if (this.label === 'command') setTimeout(() => this.readyState === 'open' && Reflect.apply(send, this, [data]), 40)
      else Reflect.apply(send, this, [data])
    }
  })
}

/** As a tab behind another: it works on, and says that nobody sees it. */
export async function inTheBackground(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
  })
}

/** What the relay tells of all devices of its kind: this leads well, everything else does not. Nor does chance make it try a plan all the same. */
export function trusts(what: Technique): (context: BrowserContext) => Promise<void> {
  const rows = TECHNIQUES.map((technique) => {
    const isIt = technique === what
    return { technique, client: 'tab', engine: 'chromium', major: 1, succeeded: isIt ? 1_000 : 0, failed: isIt ? 0 : 1_000 }
  })
  return async (context) => {
    await context.addInitScript(
      (bytes) => {
        const { fetch } = globalThis
        globalThis.fetch = (input, init) =>
          String(input).endsWith('/counters') && init?.method === undefined
            ? Promise.resolve(new Response(new Uint8Array(bytes)))
            : fetch(input, init)
        const draw = crypto.getRandomValues.bind(crypto)
        const drawLow = (bytes: Uint8Array<ArrayBuffer>) => (bytes.byteLength === 1 ? bytes.fill(0) : draw(bytes))
        crypto.getRandomValues = drawLow as typeof crypto.getRandomValues
      },
      [...encodeFrame({ t: 'averages', rows })],
    )
  }
}
