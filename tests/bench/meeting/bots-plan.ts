/** Who shows whom in a room of bots, and from whom each takes what: as the app decides it, by the same functions, of lines as homes have them. */
import { checkPlan } from '../../../src/core/call/overlay/check-plan.ts'
import { chooseWants } from '../../../src/core/call/overlay/choose-wants.ts'
import { findParents } from '../../../src/core/call/overlay/find-parents.ts'
import { planMeeting } from '../../../src/core/call/overlay/plan-meeting.ts'
import { CHILDREN_PER_STREAM, DOWNLINK_ASSUMED_KBPS } from '../../../src/protocol/limits.ts'
import type { MediaId, Subscription } from '../../../src/protocol/media.ts'
import type { LayerProfile, Want } from '../../../src/protocol/media-worker.ts'
import type { MeetingFacts } from '../../../src/protocol/meeting.ts'

/** Speaks all the time, seen large by everybody. */
export const SPEAKER: MediaId = 1
/** The one who speaks and eight small ones. */
const TILES = 9
const LARGE_PX = 480
const SMALL_PX = 120
const LINES_UP_KBPS = [10_000, 5_000, 20_000, 10_000, 5_000]
const RTT_MS = 20
const PACKETS_PER_SECOND = 20_000

export type BotsPlan = {
  readonly wants: ReadonlyMap<MediaId, readonly Want[]>
  /** Those who pass anything to each other, the lower id first. */
  readonly pairs: readonly (readonly [MediaId, MediaId])[]
  /** Who passes on what is not their own. */
  readonly carriers: number
}

export function planBots(ids: readonly MediaId[], profiles: readonly LayerProfile[]): BotsPlan {
  const wishes = new Map(ids.map((id) => [id, wishesOf(id, ids)]))
  const facts = new Map(ids.map((id, n) => [id, factsOf(id, n, ids, wishes.get(id) ?? [], profiles)]))
  const plan = checkPlan(planMeeting(facts, undefined, { term: 1, standings: new Map() }), new Set(ids))
  const found = new Map(
    ids.map((id) => {
      const reach = { direct: new Set(ids.filter((other) => other !== id)), sees: new Map() }
      return [id, findParents(plan, id, wishes.get(id) ?? [], reach)]
    }),
  )
  const pairs = new Map(
    [...found].flatMap(([id, wants]) => wants.map(({ parent }) => [`${pairOf(id, parent)}`, pairOf(id, parent)] as const)),
  )
  const isPair = (a: MediaId, b: MediaId | undefined) => b !== undefined && pairs.has(`${pairOf(a, b)}`)
  // A tab has a link to everybody; bots have those that are used, and may fall back to no others.
  const wants = new Map(
    [...found].map(([id, all]) => [id, all.map((want) => (isPair(id, want.standby) ? want : { ...want, standby: undefined }))]),
  )
  const carriers = new Set([...found.values()].flat().flatMap(({ parent, source }) => (parent === source ? [] : [parent])))
  return { wants, pairs: [...pairs.values()], carriers: carriers.size }
}

function wishesOf(id: MediaId, ids: readonly MediaId[]): readonly Subscription[] {
  const others = ids.filter((other) => other !== id).map((other) => ({ id: other, layers: ['thumb', 'main'] as const }))
  const visible = others
    .slice(0, TILES)
    .map((other) => ({ id: other.id, view: 'camera' as const, heightPx: other.id === SPEAKER ? LARGE_PX : SMALL_PX }))
  return chooseWants({ others, visible, speaking: [SPEAKER] })
}

function factsOf(
  id: MediaId,
  n: number,
  ids: readonly MediaId[],
  wishes: readonly Subscription[],
  profiles: readonly LayerProfile[],
): MeetingFacts {
  return {
    t: 'facts',
    uplinkKbps: LINES_UP_KBPS[n % LINES_UP_KBPS.length] ?? 0,
    downlinkKbps: DOWNLINK_ASSUMED_KBPS,
    packetsPerSecond: PACKETS_PER_SECOND,
    forwards: CHILDREN_PER_STREAM,
    isSteady: true,
    rtts: ids.filter((other) => other !== id).map((other) => [other, RTT_MS]),
    sends: profiles.map(({ layer, fps, bitsPerSecond }) => ({ layer, kbps: bitsPerSecond / 1000, packetsPerSecond: Math.ceil(fps) })),
    wants: wishes.map(({ source, layer }) => [source, layer]),
    delivered: [],
  }
}

function pairOf(a: MediaId, b: MediaId): readonly [MediaId, MediaId] {
  return a < b ? [a, b] : [b, a]
}
