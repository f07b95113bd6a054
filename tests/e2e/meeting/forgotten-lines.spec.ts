/** An engine that forgets to tell the media worker of lines, as Chromium does of about one in 500. */
import type { BrowserContext } from '@playwright/test'
import type { TransformOptions } from '../../../src/protocol/media-worker.ts'
import { CALL_ONLY, type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { beforeMediaWorker } from './before-worker.ts'
import { countFrames, heardEnergy, joinCall, seeMoving, tabOf } from './in-call.ts'

test.use(CALL_ONLY)

type Carrier = 'channel' | 'pipe' | 'track'

/** Its media worker is forgetful, and told by each transform of a pipe which pipe that is. */
async function forgets(context: BrowserContext): Promise<void> {
  await beforeMediaWorker(context, new URL('./forgetful-worker.ts', import.meta.url))
  await context.addInitScript(() => {
    const pipes: RTCRtpReceiver[] = []
    const nthOf = (pipe: RTCRtpReceiver) => {
      if (!pipes.includes(pipe)) pipes.push(pipe)
      return pipes.indexOf(pipe) + 1
    }
    // The engine tells the worker of one that is made, so it is made when it is set.
    const Native = RTCRtpScriptTransform
    const makers = new WeakMap<object, (receiver: RTCRtpReceiver) => RTCRtpScriptTransform>()
    class Asked {
      constructor(worker: Worker, options: TransformOptions) {
        makers.set(this, (receiver) => new Native(worker, options.kind === 'pipe' ? { ...options, nth: nthOf(receiver) } : options))
      }
    }
    const native = Object.getOwnPropertyDescriptor(RTCRtpReceiver.prototype, 'transform')
    Object.defineProperty(RTCRtpReceiver.prototype, 'transform', {
      ...native,
      set(this: RTCRtpReceiver, asked: object) {
        native?.set?.call(this, makers.get(asked)?.(this))
      },
    })
    Object.assign(globalThis, { RTCRtpScriptTransform: Asked })
  })
}

/** By which carriers this tab sent, one after another. */
async function noteCarriers({ page }: Device): Promise<() => Promise<readonly Carrier[]>> {
  const noted = await page.evaluateHandle(() => {
    const carriers: Carrier[] = []
    setInterval(() => {
      const carrier = asterism.room.call.stats?.hops[0]?.carrier
      if (carrier !== undefined && carrier !== carriers.at(-1)) carriers.push(carrier)
    }, 100)
    return carriers
  })
  return () => noted.evaluate((carriers) => carriers)
}

async function forgottenBy({ page }: Device): Promise<readonly string[]> {
  const worker = page.workers().find((one) => one.url().includes('media.worker'))
  return (await worker?.evaluate(() => (globalThis as unknown as { readonly forgotten: readonly string[] }).forgotten)) ?? []
}

test('[MEETING-11] lines of which the engine told nobody are attached or made anew: picture and voice come all the same', async ({
  device,
}) => {
  const all = [await device('Ann', forgets), await device('Ben', forgets)] as const
  const [ann, ben] = all
  await joinByApi(ben, await startByApi(ann))
  await Promise.all(all.map((one) => seeMembers(one, 2)))
  for (const one of all) await joinCall(one)
  const carriers = await noteCarriers(ann)
  const voiceOf = async (by: Device, source: Device) => (await heardEnergy(by))[await tabOf(source)] ?? 0
  for (const [by, source] of [all, [ben, ann] as const]) {
    await expect.poll(() => voiceOf(by, source), { timeout: 20_000 }).toBeGreaterThan(0.01)
  }

  // Nothing of the first pipe ever comes, so it is left; and the one after it carries.
  await expect.poll(carriers, { timeout: 40_000 }).toEqual(['channel', 'pipe', 'channel', 'pipe'])
  await ann.page.waitForTimeout(5_000)
  expect(await carriers()).toHaveLength(4)
  await seeMoving(ben, 1)
  expect(Object.values(await countFrames(ben))[0]).toBeGreaterThan(10)
  for (const one of all) expect(new Set(await forgottenBy(one))).toEqual(new Set(['test', 'voice', 'pipe']))
  expect([...ann.errors, ...ben.errors]).toEqual([])
})
