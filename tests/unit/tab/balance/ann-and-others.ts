/** Ann's balancer in a room with four others, on links and a disk in memory, by a clock that the test turns. */
import { onTestFinished } from 'vitest'
import { EMPTY_BOOK } from '../../../../src/core/balance/profile-book.ts'
import type { Links } from '../../../../src/ports/link.ts'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { PROFILE_SAVE_MS } from '../../../../src/protocol/limits.ts'
import { type MediaId, mediaIdOf } from '../../../../src/protocol/media.ts'
import type { HopFigures, MediaNews, Want } from '../../../../src/protocol/media-worker.ts'
import type { PresenceRecord } from '../../../../src/protocol/room-state.ts'
import { DeviceBalance } from '../../../../src/tab/balance/open-balance.ts'
import { loadProfiles } from '../../../../src/tab/balance/profile-store.ts'
import { linkPair, type TwinLink } from '../../../twins/link.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'
import { CLIENT } from './client.ts'

export const TABS = ['ben', 'cleo', 'dan', 'eve'] as unknown as readonly TabId[]
export const [BEN, CLEO, DAN, EVE] = TABS.map(mediaIdOf) as [MediaId, MediaId, MediaId, MediaId]
export const HOUR_MS = 60 * 60_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export async function begin(
  options: { readonly segment?: Bytes; readonly dialing?: TabId; readonly homes?: readonly number[]; readonly composing?: TabId } = {},
) {
  const clock = new ManualClock()
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const ends = TABS.map(
    (tab) => linkPair({ tab: 'ann' as TabId, device: 'ann' as DeviceId }, { tab, device: `device of ${tab}` as DeviceId })[0],
  )
  for (const [n, link] of ends.entries())
    Object.assign(link, { rttMs: 2 + 5 * n, ...(link.peer === options.dialing && { state: 'connecting' }) })
  const listeners = new Set<() => void>()
  let present: readonly TwinLink[] = ends
  let looks = 0
  const links: Links = {
    all() {
      looks++
      return present
    },
    get: (peer) => present.find((link) => link.peer === peer),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  let saving = 0
  const disk = new Map<string, Bytes>()
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const drawer = {
    values: {
      load: async (name: string) => {
        saving++
        return disk.get(name)
      },
      save: async (name: string, value: Bytes | null) => {
        if (value !== null) disk.set(name, value)
        saving--
      },
    },
    key,
    random: (length: number) => new Uint8Array(length).fill(7),
  }
  const changes: number[] = []
  const balance = new DeviceBalance({
    links,
    presence: { all: () => new Map(TABS.map((tab) => [tab, { composes: tab === options.composing ? 1 : 0 } as PresenceRecord])) },
    clock,
    random: drawer.random,
    signal: closing.signal,
    segment: () => options.segment,
    onChange: () => changes.push(clock.nowMs()),
    drawer,
    kept: { book: EMPTY_BOOK, salt: new Uint8Array(32).fill(7), told: { atMs: 0, counts: new Map() } },
    homes: options.homes ?? [],
    origin: 'http://127.0.0.1:1',
    draw: 0.5,
    seen: { prefix: '203.0.113', nat: 'same-port' },
    client: CLIENT,
  })
  // Links are looked at again with each name that is hashed: two of everybody, and of the network.
  for (const before = looks; looks < before + 2 * TABS.length + 1; ) await pause(1)
  const leave = (tab: TabId) => {
    present = present.filter(({ peer }) => peer !== tab)
    for (const listener of listeners) listener()
  }
  const comeBack = () => {
    present = ends
    for (const listener of listeners) listener()
  }
  const look = (hops: readonly Partial<HopFigures>[] = []): void => {
    const figures = {
      lateMs: 0,
      halvings: 0 as const,
      downlinkKbps: 50_000,
      uplinkKbps: 0,
      incoming: [],
      outgoing: [],
      levels: [],
      hops: hops as readonly HopFigures[],
    }
    balance.hear({ t: 'figures', figures })
  }
  /** Who saves reads first, and is done when it has written. */
  const allSaved = async () => {
    while (saving > 0) await pause(1)
  }
  /** What is kept once it was saved. What the test did before may have begun a save, which knows less. */
  const learned = async () => {
    await allSaved()
    clock.advance(PROFILE_SAVE_MS)
    await allSaved()
    return loadProfiles(drawer)
  }
  return { balance, clock, ends, disk, changes, leave, comeBack, look, learned }
}

export const want = (source: MediaId, parent: MediaId, standby?: MediaId): Want => ({
  source,
  layer: 'main',
  maxTemporal: 2,
  isShown: true,
  parent,
  standby,
})
export const shows = (source: MediaId, from: MediaId): MediaNews => ({ t: 'shows', source, view: 'camera', layer: 'main', from })
/** `bridges` say that they reach Ben. */
export const among = (direct: ReadonlySet<MediaId>, bridges: readonly MediaId[] = []) => ({
  plan: undefined,
  conductor: undefined,
  self: mediaIdOf('ann' as TabId),
  reach: { direct, sees: new Map(bridges.map((id) => [id, new Set([BEN])])) },
})
export const everybody = new Set([BEN, CLEO, DAN, EVE])
export const allBut = (id: MediaId) => new Set([...everybody].filter((other) => other !== id))
