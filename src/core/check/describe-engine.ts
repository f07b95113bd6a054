/** What the browser can do for a call. What it lacks is done another way where there is one. */
import { type CheckLine, type EngineFound, line } from './findings.ts'

const NAMES = { chromium: 'Chromium', gecko: 'Firefox', webkit: 'Safari', other: 'A browser' } as const
/** What calls here are made of, and what it is for. */
const NEEDED = { vp8: 'pictures', opus: 'sound' } as const

export function describeEngine({ abilities, encodes, mayForward, seals }: EngineFound): readonly CheckLine[] {
  const { engine, major, codecs, webCodecs } = abilities
  const known = new Set(codecs.map((one) => one.toLowerCase().replace(/^.*\//, '')))
  const lacking = Object.entries(NEEDED).filter(([format]) => !known.has(format))
  const absent = absentParts(abilities)
  return [
    lacking.length === 0
      ? line(
          'engine',
          'Formats',
          'good',
          `${NAMES[engine]}${major === 0 ? '' : ` ${major}`} knows all that calls here are made of.`,
          `codecs: ${formats(known)}`,
        )
      : line(
          'engine',
          'Formats',
          'missing',
          `This browser does not know how calls here send ${lacking.map(([, what]) => what).join(' and ')}. Use another one, or others will not see or hear you.`,
          `lacks ${lacking.map(([format]) => format).join(', ')}`,
        ),
    webCodecs && encodes.length > 0
      ? line(
          'engine',
          'Own picture',
          'good',
          'It is made ready for sending once, for everybody.',
          `WebCodecs encodes ${encodes.join(', ')}`,
        )
      : line(
          'engine',
          'Own picture',
          'poor',
          'It is made ready for sending anew for each person, which is felt in large calls. A newer browser does it once.',
          webCodecs ? 'WebCodecs encodes no format of ours' : 'lacks WebCodecs',
        ),
    mayForward && absent.length === 0
      ? line('engine', 'Passing on', 'good', 'What others send can be taken and passed on as it is, still sealed.')
      : line(
          'engine',
          'Passing on',
          'poor',
          'This browser cannot pass on what others send. Calls work by plain connections, each as far as its own line goes.',
          absent.length === 0 ? undefined : `lacks ${absent.join(', ')}`,
        ),
    selfTest(seals, mayForward),
  ]
}

function selfTest(seals: boolean | undefined, mayForward: boolean): CheckLine {
  if (seals === true) return line('engine', 'Self-test', 'good', 'What was sealed here left and came in again as it should.')
  if (seals === undefined) {
    return line(
      'engine',
      'Self-test',
      mayForward ? 'good' : 'poor',
      `It runs when a call begins${mayForward ? ', and has what it needs' : ''}.`,
    )
  }
  return line(
    'engine',
    'Self-test',
    'poor',
    'What was sealed did not come through. The call goes on by plain connections; a newer browser may do better.',
  )
}

function absentParts({ encodedStreams, scriptTransform, channelInWorker }: EngineFound['abilities']): readonly string[] {
  return [
    encodedStreams ? '' : 'encoded streams',
    scriptTransform ? '' : 'script transform',
    channelInWorker ? '' : 'data channels in a worker',
  ].filter((part) => part !== '')
}

function formats(known: ReadonlySet<string>): string {
  return ['opus', 'vp8', 'vp9', 'h264', 'av1'].filter((one) => known.has(one)).join(', ')
}
