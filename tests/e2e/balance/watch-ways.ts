/** By which ways pictures come to a tab, as its page says. */
import type { Device } from '../device.ts'
import { joinCall, tabOf } from '../meeting/in-call.ts'

export const SILENT = { microphone: false, camera: false }

/** Who passes the picture of one on to another. */
export async function throughWhom({ page }: Device, source: Device, among: readonly Device[]): Promise<string | undefined> {
  const tab = await tabOf(source)
  const through = await page.evaluate((tab) => asterism.room.call.remote.find((one) => one.tab === tab)?.through, tab)
  for (const one of among) if ((await tabOf(one)) === through) return one.name
  return undefined
}

/** What was decided, with the names of those who are here. */
export function decisionsOf({ page }: Device): Promise<readonly string[]> {
  return page.evaluate(() =>
    (asterism.room.call.stats?.decisions ?? []).map(({ why }) =>
      asterism.room.members.reduce((text, { tab, name }) => text.replaceAll(tab, name), why),
    ),
  )
}

export async function joinAgain(one: Device): Promise<void> {
  await one.page.evaluate(() => asterism.room.call.leave())
  // Long enough for the others to hear of it.
  await one.page.waitForTimeout(500)
  await joinCall(one, SILENT)
}
