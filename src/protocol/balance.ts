/**
 * Words about how a client comes to its media. `POST /counters` hands in, rarely, how often each technique worked for
 * a kind of client; `GET /counters` gives what all of them found. Neither names a person, a room, an address or a tab,
 * and counts are rounded to buckets.
 */
import * as v from 'valibot'
import { countOf } from './frame.ts'
import { COUNTER_ROWS, COUNTER_ROWS_PER_REPORT } from './relay-limits.ts'

/**
 * `redirect`: the client goes to another reflector itself. `proxy`: the one it has passes that one's streams on. `turn`: the
 * same by a TURN server. `link-hint`: the link named the reflector before anything started. `list`: the client takes
 * the first of a list that was permuted for it.
 */
export const TECHNIQUES = ['redirect', 'proxy', 'turn', 'link-hint', 'list'] as const
export type Technique = (typeof TECHNIQUES)[number]

/** Pages that run a balancer. Whoever comes in or goes out by a door takes from the one tab where the door stands, and learns nothing of ways. */
export const CLIENT_CLASSES = ['tab', 'pwa', 'widget'] as const
export type ClientClass = (typeof CLIENT_CLASSES)[number]

export const ENGINES = ['chromium', 'gecko', 'webkit', 'other'] as const
export type Engine = (typeof ENGINES)[number]

/** How often something happened: the largest of these that is not more. */
export const COUNT_BUCKETS = [0, 1, 2, 4, 8, 16] as const
export type CountBucket = (typeof COUNT_BUCKETS)[number]

const kind = {
  technique: v.picklist(TECHNIQUES),
  client: v.picklist(CLIENT_CLASSES),
  engine: v.picklist(ENGINES),
  /** 0: not known. */
  major: countOf(9_999),
}

const counted = v.pipe(
  v.object({ ...kind, succeeded: v.picklist(COUNT_BUCKETS), failed: v.picklist(COUNT_BUCKETS) }),
  v.check(({ succeeded, failed }) => succeeded + failed > 0, 'empty'),
)
export type CounterRow = v.InferOutput<typeof counted>

export const counterReport = v.variant('t', [
  v.object({
    t: v.literal('report'),
    rows: v.pipe(
      v.array(counted),
      v.minLength(1),
      v.maxLength(COUNTER_ROWS_PER_REPORT),
      v.check((rows) => new Set(rows.map(counterKey)).size === rows.length, 'twice'),
    ),
  }),
])

const average = v.object({ ...kind, succeeded: countOf(1_000_000), failed: countOf(1_000_000) })
export type CounterAverage = v.InferOutput<typeof average>

/** Only kinds of client of which enough were told; totals are rounded down to tens. */
export const counterAverages = v.variant('t', [
  v.object({ t: v.literal('averages'), rows: v.pipe(v.array(average), v.maxLength(COUNTER_ROWS)) }),
])
export type CounterAverages = v.InferOutput<typeof counterAverages>

/** As a key of maps. */
export function counterKey({ technique, client, engine, major }: Omit<CounterRow, 'succeeded' | 'failed'>): string {
  return `${technique} ${client} ${engine} ${major}`
}
