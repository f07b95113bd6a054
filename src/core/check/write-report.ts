/**
 * The lines as a text to be passed on. It names nobody and tells no address: the lines are made without, and what is quoted (a
 * decision) is taken through a sieve that knows what addresses, ids and links look like.
 */
import { CHECK_GROUPS, type CheckGroup, type CheckLine } from './findings.ts'

const TITLES: Readonly<Record<CheckGroup, string>> = {
  engine: 'Browser',
  devices: 'Devices',
  network: 'Network',
  speed: 'Speed',
  learned: 'Learned',
  storage: 'Storage',
}

export function writeReport(version: string, lines: readonly CheckLine[]): string {
  const groups = CHECK_GROUPS.map((group) => {
    const of = lines.filter((one) => one.group === group)
    const said = of.map(({ name, result, sentence, terms }) => {
      const exactly = terms === undefined ? '' : ` (${withoutAddresses(terms)})`
      return `  ${result.padEnd(7)}  ${name}: ${withoutAddresses(sentence)}${exactly}`
    })
    return [TITLES[group], ...said].join('\n')
  })
  return `Asterism ${version}: check of a device\n\n${groups.join('\n\n')}\n`
}

/** Links, names that end in .local, IPv4 and IPv6, and runs of letters as long as ids and keys. */
export function withoutAddresses(text: string): string {
  return text
    .replaceAll(/\b[a-z][a-z+.-]*:\/\/\S+/gi, '(link)')
    .replaceAll(/\b[\w-]+\.local\b/gi, '(address)')
    .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '(address)')
    .replaceAll(/(?<![\w:])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi, '(address)')
    .replaceAll(/\b[\w-]{16,}\b/g, (word) => (/\d|[a-z][A-Z]|_/.test(word) ? '(id)' : word))
}
