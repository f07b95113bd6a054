/** Our side of a bench: pages of the built app, driven by the public API. */
import type { Page } from 'playwright'
import '../e2e/device.ts'

/** Starts a room in this page and gives its link. */
export function startRoom(page: Page): Promise<string> {
  return page.evaluate(async () => {
    while (globalThis.asterism === undefined) await new Promise((done) => setTimeout(done, 5))
    return (await asterism.start({ name: 'Bench' })).link
  })
}

/** Enters it from another page; resolves as soon as the room is usable, before anybody is reached. */
export function joinRoom(page: Page, link: string): Promise<void> {
  return page.evaluate(async (link) => {
    while (globalThis.asterism === undefined) await new Promise((done) => setTimeout(done, 5))
    await asterism.join(link, { name: 'Bench' })
  }, link)
}

/** Wall clock of the moment this page sees `count` members, all connected. One machine, one clock. */
export function seenAtMs(page: Page, count: number): Promise<number> {
  return page.evaluate(async (count) => {
    const isWhole = () => globalThis.asterism?.room?.members.filter((one) => one.isMe || one.connection === 'here').length === count
    while (globalThis.asterism?.room === undefined) await new Promise((done) => setTimeout(done, 5))
    if (!isWhole()) {
      await new Promise<void>((done) => {
        const stop = asterism.room.subscribe(() => {
          if (!isWhole()) return
          stop()
          done()
        })
      })
    }
    return performance.timeOrigin + performance.now()
  }, count)
}
