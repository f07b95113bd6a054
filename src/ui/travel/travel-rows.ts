/** How a call travels, as a table and sentences: each person's picture, screen or voice, how it gets here, and why that way. Figures in, words out. */
import type { CallStats, Member, StreamReason, StreamStats } from '../../ports/asterism.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { Layer } from '../../protocol/media.ts'

export type TravelRow = {
  readonly key: string
  readonly name: string
  readonly what: string
  /** Pictures a second. */
  readonly pace: string
  readonly way: string
  /** Of the last stretch of the way; for people who know what it means. */
  readonly carrier: string
  readonly delay: string
  readonly lost: string
}

export const WHAT: Readonly<Record<Layer, string>> = {
  main: 'large picture',
  thumb: 'small picture',
  screen: 'screen',
  audio: 'voice',
  'screen-audio': 'sound of the screen',
}
const CARRIER = { channel: 'data channel', pipe: 'media line', track: 'plain track' } as const
const UNKNOWN = '–'
/** Clocks of two devices differ; beyond this it is the clocks that are told and not the way. */
const MOST_DELAY_MS = 10_000

/** The picture, and a screen beside it; a voice has a row only where it is all that comes. */
export function travelRows(stats: CallStats, members: readonly Member[]): readonly TravelRow[] {
  return members
    .filter(({ isMe, inCall }) => inCall && !isMe)
    .flatMap((member) => {
      const mine = stats.streams.filter(({ tab }) => tab === member.tab)
      const shown = [pictureOf(mine) ?? mine.find(({ layer }) => layer === 'audio'), mine.find(({ layer }) => layer === 'screen')]
      const rows = shown.flatMap((stream) => (stream === undefined ? [] : [rowOf(stream, member, stats, members)]))
      return rows.length > 0 ? rows : [nothingFrom(member)]
    })
}

/** Which of somebody's streams tells best who passes them on. */
export function pictureOf(streams: readonly StreamStats[]): StreamStats | undefined {
  return streams.find(({ layer }) => layer === 'main') ?? streams.find(({ layer }) => layer === 'thumb')
}

function rowOf(stream: StreamStats, member: Member, stats: CallStats, members: readonly Member[]): TravelRow {
  const hop = stats.hops.find(({ tab }) => tab === stream.from)
  return {
    key: `${member.tab} ${stream.layer}`,
    name: member.name,
    what: WHAT[stream.layer],
    pace: stream.layer === 'audio' ? '' : `${Math.round(stream.fps)} a second`,
    way: stream.from === member.tab ? 'straight' : `through ${callName(stream.from, members)}`,
    carrier: CARRIER[stream.carrier],
    delay: formatDelay(stream.delayMs),
    lost: hop === undefined ? UNKNOWN : formatLoss(hop.lostPerMille),
  }
}

function nothingFrom({ tab, name }: Member): TravelRow {
  return { key: tab, name, what: 'nothing yet', pace: '', way: UNKNOWN, carrier: '', delay: UNKNOWN, lost: UNKNOWN }
}

function formatDelay(ms: number): string {
  if (ms <= 0 || ms > MOST_DELAY_MS) return UNKNOWN
  return `${ms < 100 ? Math.max(1, Math.round(ms)) : Math.round(ms / 10) * 10} ms`
}

function formatLoss(perMille: number): string {
  return perMille === 0 ? 'none' : `${perMille < 100 ? perMille / 10 : Math.round(perMille / 10)} %`
}

/** What this tab does in it, in a few sentences. */
export function travelSentences(stats: CallStats, members: readonly Member[]): readonly string[] {
  const sentKbps = stats.hops.reduce((sum, hop) => sum + hop.sentKbps, 0)
  const sends = sentKbps === 0 ? 'This tab sends nothing right now' : `This tab sends ${formatRate(sentKbps)}`
  return [
    planSentence(stats, members),
    stats.uplinkKbps > 0 ? `${sends}; its connection takes about ${formatRate(stats.uplinkKbps)}.` : `${sends}.`,
    ...strainSentence(stats),
    ...lineSentence(stats),
    ...stats.streams
      .filter(({ passedTo }) => passedTo > 0)
      .map((stream) => {
        const others = stream.passedTo === 1 ? 'one other' : `${stream.passedTo} others`
        return `It passes ${owned(stream.tab, members)} ${WHAT[stream.layer]} on to ${others}, sealed as it came.`
      }),
  ]
}

function strainSentence({ strain }: CallStats): readonly string[] {
  if (strain === undefined || strain.halvings === 0) return []
  return [`This device has a lot to do, so pictures of others move ${strain.halvings === 1 ? 'half' : 'a quarter'} as often here.`]
}

function lineSentence({ downlink }: CallStats): readonly string[] {
  if (downlink === undefined || downlink.smallPictures === 0) return []
  const whose = downlink.smallPictures === 1 ? 'One picture is small here' : `${downlink.smallPictures} pictures are small here`
  return [`${whose}: your connection brings about ${formatRate(downlink.kbps)}.`]
}

function planSentence({ conductor, streams }: CallStats, members: readonly Member[]): string {
  const isForwarded = streams.some(({ tab, from }) => tab !== from)
  if (conductor === undefined) return isForwarded ? 'Some pictures are passed on.' : 'Everybody sends straight to everybody.'
  const plans = `${members.some(({ tab, isMe }) => isMe && tab === conductor) ? 'This tab' : `${owned(conductor, members)} tab`} plans who passes on what`
  return isForwarded ? `${plans}.` : `${plans}; right now everything comes straight.`
}

/** Plans name tabs; people have names. */
export function reasonSentence({ tab, layer, text }: StreamReason, members: readonly Member[]): string {
  return `${capital(owned(tab, members))} ${WHAT[layer]}: ${withNames(text, members)}.`
}

/** Who passes a stream on to whom; whoever is not named has it from its sender. */
export function treeSentences({ ways = [] }: StreamReason, members: readonly Member[]): readonly string[] {
  const nameOf = (tab: TabId) => (members.some((member) => member.isMe && member.tab === tab) ? 'you' : callName(tab, members))
  return [...Map.groupBy(ways, ({ from }) => from)].map(([from, taken]) => {
    const name = capital(nameOf(from))
    return `${name} ${name === 'You' ? 'pass' : 'passes'} it on to ${AND.format(taken.map(({ to }) => nameOf(to)))}.`
  })
}

const AND = new Intl.ListFormat('en')

/** What this device decided for itself, the newest first. */
export function decisionSentences({ decisions = [] }: CallStats, members: readonly Member[]): readonly string[] {
  const lately = new Set(decisions.map(({ why }) => why).toReversed())
  return [...lately].slice(0, DECISIONS_SHOWN).map((why) => `${capital(withNames(why, members))}.`)
}

const DECISIONS_SHOWN = 5

function withNames(text: string, members: readonly Member[]): string {
  const named = members.reduce((words, { tab, isMe, name }) => words.replaceAll(tab, () => (isMe ? 'this tab' : name)), text)
  return named.replaceAll(/#\d+/g, 'somebody who left')
}

function owned(tab: TabId, members: readonly Member[]): string {
  return members.some((member) => member.isMe && member.tab === tab) ? 'your' : `${callName(tab, members)}’s`
}

function callName(tab: TabId, members: readonly Member[]): string {
  return members.find((member) => member.tab === tab)?.name ?? 'somebody who left'
}

export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}

/** "640 kbit/s", "1.2 Mbit/s". */
export function formatRate(kbps: number): string {
  if (kbps < 995) return `${kbps < 100 ? Math.round(kbps) : Math.round(kbps / 10) * 10} kbit/s`
  const mbps = kbps / 1000
  return `${mbps < 10 ? Math.round(mbps * 10) / 10 : Math.round(mbps)} Mbit/s`
}
