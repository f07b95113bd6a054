/** The lines of a check as its page shows them: by group, with the names that the report leaves out, and in one sentence first. */
import type { CheckGroup, CheckLine } from '../../ports/asterism.ts'
import type { TabId } from '../../protocol/ids.ts'

export type Group = { readonly group: CheckGroup; readonly lines: readonly CheckLine[] }

export function groupsOf(lines: readonly CheckLine[], nameOf: (tab: TabId) => string | undefined): readonly Group[] {
  const groups = new Map<CheckGroup, CheckLine[]>()
  for (const line of lines) {
    const name = line.tab === undefined ? undefined : nameOf(line.tab)
    const shown = name === undefined ? line : { ...line, name: `The way to ${name}` }
    groups.set(line.group, [...(groups.get(line.group) ?? []), shown])
  }
  return [...groups].map(([group, of]) => ({ group, lines: of }))
}

export function summaryOf(lines: readonly CheckLine[]): string {
  const count = (result: CheckLine['result']) => lines.filter((one) => one.result === result).length
  const [poor, missing] = [count('poor'), count('missing')]
  if (poor + missing === 0) return 'All is well.'
  const parts = [missing === 0 ? '' : `${missing} missing`, poor === 0 ? '' : `${poor} poor`].filter((part) => part !== '')
  return `${parts.join(', ')}, ${count('good')} good. What to do stands with each.`
}
