/** The lines of a check as its page shows them: by group, with the names that the report leaves out, and in one sentence first. */
import type { CheckGroup, CheckLine } from '../../ports/asterism.ts'
import type { TabId } from '../../protocol/ids.ts'

type NameOf = (tab: TabId) => string | undefined

export type Group = { readonly group: CheckGroup; readonly lines: readonly CheckLine[] }

export function groupsOf(lines: readonly CheckLine[], nameOf: NameOf): readonly Group[] {
  const groups = new Map<CheckGroup, CheckLine[]>()
  for (const line of lines) {
    const name = line.tab === undefined ? undefined : nameOf(line.tab)
    const shown = {
      ...line,
      name: name === undefined ? line.name : `The way to ${name}`,
      sentence: withNames(line.sentence, lines, nameOf),
    }
    groups.set(line.group, [...(groups.get(line.group) ?? []), shown])
  }
  return [...groups].map(([group, of]) => ({ group, lines: of }))
}

/** A line calls people by the numbers that the lines of their ways have. */
function withNames(sentence: string, lines: readonly CheckLine[], nameOf: NameOf): string {
  return sentence.replaceAll(/\bPerson \d+\b/g, (number) => {
    const tab = lines.find((line) => line.tab !== undefined && line.name === number)?.tab
    return (tab === undefined ? undefined : nameOf(tab)) ?? number
  })
}

export function summaryOf(lines: readonly CheckLine[]): string {
  const count = (result: CheckLine['result']) => lines.filter((one) => one.result === result).length
  const [poor, missing] = [count('poor'), count('missing')]
  if (poor + missing === 0) return 'All is well.'
  const parts = [missing === 0 ? '' : `${missing} missing`, poor === 0 ? '' : `${poor} poor`].filter((part) => part !== '')
  return `${parts.join(', ')}, ${count('good')} good. What to do stands with each.`
}
