/** How fast this device is, what it has learned about its networks, and whether it may keep anything. */
import { type CheckLine, type Counted, type LearnedFound, line, type Pressure, type SpeedFound, type StorageFound } from './findings.ts'

/** Thirty pictures passed to four others and every voice: less than that, and the room plans with less of it. */
const PACKETS_ENOUGH = 4_000
const MIB = 1_024 * 1_024

const PRESSURE_LINES: Readonly<Record<Pressure, readonly ['good' | 'poor', string]>> = {
  nominal: ['good', 'The processor has time to spare.'],
  fair: ['good', 'The processor is busy and keeps up.'],
  serious: ['poor', 'The processor hardly keeps up. Close other programs, or let this device pass less on.'],
  critical: ['poor', 'The processor does not keep up. Close other programs; turning off the own camera helps at once.'],
}

export function describeSpeed({ packetsPerSecond, pressure }: SpeedFound): readonly CheckLine[] {
  return [
    packetsPerSecond === undefined
      ? line('speed', 'Packets', 'good', 'Measured when a call begins.')
      : packetsPerSecond < PACKETS_ENOUGH
        ? line('speed', 'Packets', 'poor', `${packetsPerSecond} a second: enough for its own call, and it is asked to pass little on.`)
        : line('speed', 'Packets', 'good', `${packetsPerSecond} a second: enough to pass pictures on to others.`),
    pressure === undefined
      ? line('speed', 'Processor', 'good', 'This browser does not tell how busy it is.')
      : line('speed', 'Processor', ...PRESSURE_LINES[pressure]),
  ]
}

const WORDS: Readonly<Record<string, string>> = {
  redirect: 'Taking a picture from another member',
  proxy: 'Having a member pass a picture on',
  turn: 'Going by a server',
  'link-hint': 'Asking first whom the link names',
  list: 'Asking down a list',
  channel: 'Sending pictures as files are sent',
  pipe: 'Sending pictures as calls usually do',
}
/** What carries them, for who reads the report. */
const TERMS: Readonly<Record<string, string>> = { turn: 'TURN', channel: 'data channel', pipe: 'RTP' }

export function describeLearned({ techniques, carriers, reached, decisions }: LearnedFound): readonly CheckLine[] {
  const known = [...techniques, ...carriers].filter(({ tries }) => tries >= 0.5)
  const met = reached.direct + reached.relayed + reached.not
  return [
    ...known.map(learnedLine),
    met === 0
      ? line(
          'learned',
          'Others met',
          'good',
          known.length === 0
            ? 'Nothing is known yet: this device learns with every call, and keeps it to itself.'
            : 'Nobody was met in this network yet.',
        )
      : line(
          'learned',
          'Others met',
          reached.not > met / 2 ? 'poor' : 'good',
          `Of ${met} other devices ${reached.direct} were reached straight, ${reached.relayed} by a server, ${reached.not} not lately.`,
        ),
    ...decisions
      .slice(-DECISIONS_SHOWN)
      .map((why) => line('learned', 'Decided in this call', 'good', `${why.charAt(0).toUpperCase()}${why.slice(1)}.`)),
  ]
}

const DECISIONS_SHOWN = 5

function learnedLine({ name, tries, successes }: Counted): CheckLine {
  const percent = Math.round((successes / tries) * 100)
  const times = Math.max(1, Math.round(tries))
  const tally = `worked in ${percent} % of about ${times} ${times === 1 ? 'try' : 'tries'}, older ones counting less`
  const isPoor = percent < 50
  return line(
    'learned',
    WORDS[name] ?? name,
    isPoor ? 'poor' : 'good',
    `It ${tally}${isPoor ? '; something else is tried first' : ''}.`,
    TERMS[name],
  )
}

export function describeStorage({ status, keptBytes, quotaBytes }: StorageFound): readonly CheckLine[] {
  const room = `${Math.round(keptBytes / MIB)} of ${Math.round(quotaBytes / MIB)} MiB are used`
  if (status === 'memory-only') {
    return [
      line('storage', 'Storage', 'missing', 'The browser gives this page none, often in a private window: all is gone with this tab.'),
    ]
  }
  if (status === 'may-be-evicted')
    return [line('storage', 'Storage', 'poor', `${room}; the browser may clear it when the disk is full. Installing the page keeps it.`)]
  return [line('storage', 'Storage', keptBytes < quotaBytes ? 'good' : 'poor', `${room}, and the browser keeps it.`)]
}
