/** A page that is no more from one moment to the next: nobody is told, and its connections fall silent. */
import type { Page } from 'playwright'

export async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // The answer never comes from a page that is no more.
  session.send('Page.crash').catch(() => {})
  await crashed
  await page.close()
}
