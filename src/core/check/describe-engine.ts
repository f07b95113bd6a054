/** What the browser can do for a call. What it lacks is done another way where there is one. */
import { type CheckLine, type EngineFound, line } from './findings.ts'

const NAMES = { chromium: 'Chromium', gecko: 'Firefox', webkit: 'Safari', other: 'A browser' } as const
const NEEDED = ['vp8', 'opus'] as const

export function describeEngine({ abilities, encodes, mayForward, seals }: EngineFound): readonly CheckLine[] {
  const { engine, major, codecs, encodedStreams, scriptTransform, channelInWorker, webCodecs } = abilities
  const known = new Set(codecs.map((one) => one.toLowerCase().replace(/^.*\//, '')))
  const lacking = NEEDED.filter((one) => !known.has(one))
  const parts = [
    encodedStreams ? '' : 'encoded streams',
    scriptTransform ? '' : 'transforms in a worker',
    channelInWorker ? '' : 'channels in a worker',
  ].filter((part) => part !== '')
  return [
    lacking.length === 0
      ? line(
          'engine',
          'Codecs',
          'good',
          `${NAMES[engine]}${major === 0 ? '' : ` ${major}`} knows all that calls here are made of: ${pictures(known)}.`,
        )
      : line(
          'engine',
          'Codecs',
          'missing',
          `This browser does not know ${lacking.join(' and ')}. Others will not see or hear you: use another browser.`,
        ),
    webCodecs && encodes.length > 0
      ? line('engine', 'Own encoder', 'good', `Pictures are encoded once for everybody: ${encodes.join(', ')}.`)
      : line('engine', 'Own encoder', 'poor', 'WebCodecs is not there: pictures are encoded anew for each person, which large calls feel.'),
    mayForward && parts.length === 0
      ? line('engine', 'Passing on', 'good', 'Sealed pictures can be taken and passed on as they are.')
      : line(
          'engine',
          'Passing on',
          'poor',
          `${parts.length === 0 ? 'Something' : sentence(parts)} is not there. Calls work by plain connections, each as far as its own line goes.`,
        ),
    selfTest(seals, mayForward),
  ]
}

function selfTest(seals: boolean | undefined, mayForward: boolean): CheckLine {
  if (seals === true) return line('engine', 'Self-test', 'good', 'Frames that were sealed here left and came in again as they should.')
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
    'Sealed frames did not come through. The call goes on by plain connections; a newer browser may do better.',
  )
}

function pictures(known: ReadonlySet<string>): string {
  return ['opus', 'vp8', 'vp9', 'h264', 'av1'].filter((one) => known.has(one)).join(', ')
}

function sentence(parts: readonly string[]): string {
  const text = parts.join(' and ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
