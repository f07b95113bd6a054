/** CPU time of one browser, all of its processes, and of its pages alone: a sender and its receivers run in two of them. */
import type { Browser } from 'playwright'
import { cpuMsOf } from '../machine.ts'

/** What a first visit does once is over by then: code is compiled, and half a minute after a page opened all files of the app are kept. */
export const FIRST_VISIT_MS = 45_000

export type CpuUse = {
  /** Percent of one core: camera, network, compositor and pages. */
  readonly allPct: number
  /** Of that, the processes that run pages. */
  readonly pagesPct: number
}

/** While `work` runs. Processes that begin or end meanwhile are not counted: there are none in a room at rest. */
export async function measureCpu(browsers: readonly Browser[], work: () => Promise<unknown>): Promise<CpuUse> {
  const processes = (await Promise.all(browsers.map(listProcesses))).flat()
  const read = (only?: string) =>
    processes.filter(({ type }) => only === undefined || type === only).reduce((sum, { id }) => sum + cpuMsOf(id), 0)
  const [startMs, allMs, pagesMs] = [performance.now(), read(), read('renderer')]
  await work()
  const percent = (cpuMs: number) => (100 * cpuMs) / (performance.now() - startMs)
  return { allPct: percent(read() - allMs), pagesPct: percent(read('renderer') - pagesMs) }
}

async function listProcesses(browser: Browser): Promise<{ type: string; id: number }[]> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo
}
