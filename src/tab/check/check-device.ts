/** One look at everything that decides how a call goes on this device. Nothing is turned on for it, and each part has its time. */
import { describeFindings } from '../../core/check/describe-findings.ts'
import { writeReport } from '../../core/check/write-report.ts'
import type { Check } from '../../ports/check.ts'
import { CHECK_MS } from '../../protocol/limits.ts'
import type { ToolParts } from '../tools/parts.ts'
import { readLearned, readPressure } from './read-device.ts'
import { readDevices } from './read-devices.ts'
import { readEngine } from './read-engine.ts'
import { readNetwork, readWays } from './read-network.ts'
import { within } from './within.ts'

export type CheckParts = Pick<
  ToolParts,
  'call' | 'links' | 'presence' | 'files' | 'storage' | 'origin' | 'iceServers' | 'values' | 'clock' | 'random' | 'signal'
>

export async function checkDevice(parts: CheckParts): Promise<Check> {
  const { call, links, presence, files, storage: status, origin, iceServers, values, clock, random, signal } = parts
  const bounded = <T>(look: Promise<T>) => within(clock, CHECK_MS, look)
  const { stats } = call
  const seals = presence.all().get(presence.self.tab)?.call?.seals
  const { keptBytes, quotaBytes } = files.storage
  const [engine, devices, network, pressure, learned] = await Promise.all([
    bounded(readEngine(seals)),
    bounded(readDevices(call, clock)),
    bounded(readNetwork(origin, iceServers, clock, signal)),
    bounded(readPressure(clock)),
    bounded(readLearned(values, random, stats)),
  ])
  const storage = { status, keptBytes, quotaBytes }
  const speed = { packetsPerSecond: stats?.packetsPerSecond, pressure }
  const lines = describeFindings({
    version: __APP_VERSION__,
    self: presence.self.tab,
    engine,
    devices,
    network,
    ways: readWays(links, stats),
    speed,
    learned,
    storage,
  })
  return { lines, report: writeReport(__APP_VERSION__, lines) }
}
