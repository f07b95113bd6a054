/** What was found about this device, as it was read. A part that took too long is undefined; nothing here names a person or an address. */
import type { TabId } from '../../protocol/ids.ts'
import type { Abilities } from '../balance/client-profile.ts'
import type { NatKind } from '../balance/network-profile.ts'

export type EngineFound = {
  readonly abilities: Abilities
  /** Of pictures, those it can encode frame by frame. */
  readonly encodes: readonly string[]
  /** It has all that takes sealed frames and passes them on. */
  readonly mayForward: boolean
  /** What the self-test of the call found; undefined: not in a call. */
  readonly seals: boolean | undefined
}

export type Permission = 'granted' | 'denied' | 'prompt' | 'unknown'
export type DeviceFound = {
  readonly count: number
  readonly permission: Permission
  /** `failed`: with the sentence that the call shows. */
  readonly state: 'off' | 'on' | { readonly failed: string }
}
export type DevicesFound = {
  readonly microphone: DeviceFound
  readonly camera: DeviceFound
  readonly speakers: number
  /** 0 to 1, of what was heard while it was looked at; undefined: the microphone is off. */
  readonly peak: number | undefined
}

export type NetworkFound = {
  /** undefined: it did not answer. */
  readonly relayMs: number | undefined
  /** Kinds of ways that were gathered. */
  readonly candidates: readonly string[]
  readonly nat: NatKind
  /** Servers that find a way round, and servers that pass everything on, of those the page knows. */
  readonly hasStun: boolean
  readonly hasTurn: boolean
}

export type WayFound = {
  readonly tab: TabId
  readonly state: 'connecting' | 'connected' | 'healing' | 'closed'
  readonly path: 'direct' | 'relayed' | 'unknown'
  readonly rttMs: number | undefined
  readonly lostPerMille: number | undefined
}

export const PRESSURES = ['nominal', 'fair', 'serious', 'critical'] as const
export type Pressure = (typeof PRESSURES)[number]
export type SpeedFound = {
  /** Measured when a call began; undefined: none did. */
  readonly packetsPerSecond: number | undefined
  /** undefined: this browser does not tell. */
  readonly pressure: Pressure | undefined
}

export type Counted = { readonly name: string; readonly tries: number; readonly successes: number }
export type LearnedFound = {
  readonly techniques: readonly Counted[]
  readonly carriers: readonly Counted[]
  readonly reached: { readonly direct: number; readonly relayed: number; readonly not: number }
  /** What this device decided in this call, the newest last. */
  readonly decisions: readonly string[]
}

export type StorageFound = {
  readonly status: 'kept' | 'may-be-evicted' | 'memory-only'
  readonly keptBytes: number
  readonly quotaBytes: number
}

export type Findings = {
  readonly version: string
  readonly self: TabId
  readonly engine: EngineFound | undefined
  readonly devices: DevicesFound | undefined
  readonly network: NetworkFound | undefined
  readonly ways: readonly WayFound[]
  readonly speed: SpeedFound | undefined
  readonly learned: LearnedFound | undefined
  readonly storage: StorageFound | undefined
}

export const CHECK_GROUPS = ['engine', 'devices', 'network', 'speed', 'learned', 'storage'] as const
export type CheckGroup = (typeof CHECK_GROUPS)[number]
export type CheckResult = 'good' | 'poor' | 'missing'

export type CheckLine = {
  readonly group: CheckGroup
  readonly name: string
  readonly result: CheckResult
  /** What it means and what to do, in words for everybody. */
  readonly sentence: string
  /** What it rests on, in exact terms: for the report alone. */
  readonly terms?: string
  /** It is about the way to this one; the line itself calls nobody by name. */
  readonly tab?: TabId
}

export function line(group: CheckGroup, name: string, result: CheckResult, sentence: string, terms?: string): CheckLine {
  return { group, name, result, sentence, ...(terms === undefined ? {} : { terms }) }
}
