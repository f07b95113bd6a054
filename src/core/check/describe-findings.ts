/** From what was found to lines that a person understands: each says how it stands, what that means, and what to do about it. */
import { callByNumber } from './call-by-number.ts'
import { describeLearned, describeSpeed, describeStorage } from './describe-device.ts'
import { describeDevices } from './describe-devices.ts'
import { describeEngine } from './describe-engine.ts'
import { describeNetwork, describeWays } from './describe-network.ts'
import { type CheckGroup, type CheckLine, type Findings, type LearnedFound, line } from './findings.ts'

export function describeFindings(found: Findings): readonly CheckLine[] {
  return [
    ...orLate('engine', 'Browser', found.engine, describeEngine),
    ...orLate('devices', 'Microphone and camera', found.devices, describeDevices),
    ...orLate('network', 'Network', found.network, describeNetwork),
    ...describeWays(found.ways),
    ...orLate('speed', 'Speed', found.speed, describeSpeed),
    ...orLate('learned', 'What this device has learned', found.learned, (learned) => describeLearned(withoutIds(learned, found))),
    ...orLate('storage', 'Storage', found.storage, describeStorage),
  ]
}

function withoutIds(learned: LearnedFound, { self, ways }: Findings): LearnedFound {
  return { ...learned, decisions: learned.decisions.map((why) => callByNumber(why, self, ways)) }
}

function orLate<T>(group: CheckGroup, name: string, found: T | undefined, read: (found: T) => readonly CheckLine[]): readonly CheckLine[] {
  return found === undefined
    ? [line(group, name, 'missing', 'The browser did not answer in time. Check again; a restart of it often helps.')]
    : read(found)
}
