/** Small rooms of a few kinds of lines, and the facts their tabs would tell: what `optimum.ts` can search through whole. */
import type { Layer, MediaId } from '../../../src/protocol/media.ts'
import type { MeetingFacts } from '../../../src/protocol/meeting.ts'
import type { Random } from '../random.ts'

export type Facts = ReadonlyMap<MediaId, MeetingFacts>

/** What a copy of each layer measures, with the heads of its packets. */
export const SENT: Readonly<Record<Layer, { readonly kbps: number; readonly packetsPerSecond: number }>> = {
  audio: { kbps: 40, packetsPerSecond: 50 },
  'screen-audio': { kbps: 64, packetsPerSecond: 50 },
  screen: { kbps: 1_200, packetsPerSecond: 30 },
  main: { kbps: 700, packetsPerSecond: 30 },
  thumb: { kbps: 80, packetsPerSecond: 8 },
}

/** Lines as homes have them: 30 % of 5 Mbit/s, 40 % of 10, 20 % of 20 and 10 % of 2. */
export function homeUplinkKbps(random: Random): number {
  const at = random.next()
  if (at < 0.3) return 5_000
  if (at < 0.7) return 10_000
  return at < 0.9 ? 20_000 : 2_000
}

/** At most two lines cannot send what is wanted of them. */
export function smallRoom(random: Random): Facts {
  const ids = Array.from({ length: random.between(5, 7) }, (_, n) => n + 1)
  const weak = new Set(random.shuffled(ids).slice(0, random.between(1, 2)))
  const wants = new Map(
    ids.map((id) => {
      const others = ids.filter((other) => other !== id)
      const voices = others.map((other): [MediaId, Layer] => [other, 'audio'])
      const pictures = others
        .filter(() => random.chance(0.9))
        .map((other): [MediaId, Layer] => [other, random.chance(0.8) ? 'main' : 'thumb'])
      return [id, [...voices, ...pictures]]
    }),
  )
  const ownKbps = (id: MediaId) =>
    [...wants.values()].flat().reduce((sum, [source, layer]) => sum + (source === id ? SENT[layer].kbps : 0), 0)
  const rtts = new Map(ids.map((id) => [id, random.between(5, 60)]))
  return new Map(
    ids.map((id) => [
      id,
      {
        t: 'facts',
        uplinkKbps: weak.has(id) ? Math.round(ownKbps(id) * (0.8 + random.next() * 0.2)) : random.pick([6_000, 10_000, 20_000]),
        downlinkKbps: 50_000,
        packetsPerSecond: 20_000,
        forwards: random.chance(0.15) ? 0 : 32,
        isSteady: random.chance(0.9),
        rtts: ids.filter((other) => other !== id).map((other) => [other, (rtts.get(id) ?? 0) + (rtts.get(other) ?? 0)]),
        sends: (['audio', 'thumb', 'main'] as const).map((layer) => ({ layer, ...SENT[layer] })),
        wants: wants.get(id) ?? [],
        delivered: [],
      },
    ]),
  )
}
