/** A folder's row in words. */
import type { FileSafety } from '../../ports/asterism.ts'

type Counted = { readonly files: number; readonly moving: number; readonly failed: number; readonly safety: FileSafety['state'] }

const WEAKEST: Record<FileSafety['state'], string> = {
  spread: 'fully spread',
  safe: 'safe',
  spreading: 'copies are on their way',
  'at-risk': 'less sure than wished',
  'one-copy': 'on one device only',
  unreadable: 'asleep until more devices come',
  lost: 'lost',
}

/** When the least safe file is as safe as this, so are all. */
const MEANS_ALL: ReadonlySet<string> = new Set(['spread', 'safe', 'spreading'])

/** "812 files, 40 on their way, 3 failed"; when nothing moves, how safe the least safe one is. */
export function folderLine({ files, moving, failed, safety }: Counted): string {
  const parts = [`${files.toLocaleString('en')} ${files === 1 ? 'file' : 'files'}`]
  if (moving > 0) parts.push(`${moving.toLocaleString('en')} on their way`)
  if (failed > 0) parts.push(`${failed.toLocaleString('en')} failed`)
  if (parts.length === 1) parts.push(files > 1 && !MEANS_ALL.has(safety) ? `some ${WEAKEST[safety]}` : WEAKEST[safety])
  return parts.join(', ')
}

/** "Looking through it: 1,200 files"; "812 of 10,000 added"; with those that failed. */
export function jobLine(job: { readonly phase: string; readonly total: number; readonly done: number; readonly failed: number }): string {
  const [total, done, failed] = [job.total, job.done, job.failed].map((count) => count.toLocaleString('en'))
  if (job.phase === 'looking') return `Looking through it: ${total} files so far`
  const parts = [`${done} of ${total} added`]
  if (job.failed > 0) parts.push(`${failed} failed`)
  if (job.phase === 'stopped') parts.push('stopped')
  return parts.join(', ')
}
