/** Faults that can be seen in the text of a file, each with the reason it is one. */
import { homedir } from 'node:os'
import { readSources, type Sources } from './sources.ts'

/** Past this a file holds two ideas. */
const FILE_LINES = 300

const EVERYTHING = ['*.{ts,json,html,md}', '{src,workers,tests,docs,public,.ci}/**/*.*', '.ci/run']

export type Fault = { readonly file: string; readonly fault: string }

/** `checkout` is where this clone lies: a path of one machine must not get into the project. */
export function findFaults(root: string, checkout: string): readonly Fault[] {
  const text = (pattern: RegExp) => [...readSources(root, EVERYTHING)].filter(([path]) => pattern.test(path))
  const views = new Map(text(/\.(svelte|html)$/))
  const code = new Map(text(/\.(ts|svelte)$/))
  const words = new Map(text(/\.(ts|svelte|json|html|md|css|webmanifest)$|^\.ci\/run$/))
  return [
    ...matching(views, /\{@html\b/, 'raw HTML: whatever a member typed would run here'),
    ...matching(views, /<[a-zA-Z][^>]*\sstyle=/, 'a style attribute: the policy of the page refuses it'),
    ...matching(views, /<script(?![^>]*\b(src|lang)=)[^>]*>\s*\S/, 'an inline script: the policy of the page refuses it'),
    ...matching(
      views,
      /\{#await[^}]*\bimport\(/,
      'a chunk awaited in place: what does not come is said by Loaded.svelte',
      (path) => path !== 'src/ui/App.svelte',
    ),
    ...matching(code, /\bconsole\.log\b/, 'a forgotten print', (path) => /^(src|workers)\//.test(path) && path !== 'src/relay/main.ts'),
    ...[...code]
      .filter(([, body]) => body.split('\n').length > FILE_LINES + 1)
      .map(([file]) => ({ file, fault: `longer than ${FILE_LINES} lines` })),
    ...[...words]
      .filter(([, body]) => [checkout, homedir()].some((path) => body.includes(`${path}/`)))
      .map(([file]) => ({ file, fault: 'a path of this machine' })),
    ...matching(new Map(text(/^package-lock\.json$/)), /"resolved": "https?:/, 'the host of a package registry'),
  ]
}

/** Every bound is exported with a comment that gives its reason; one that follows its twin without a gap shares it. */
export function findUnexplained(limits: string): readonly string[] {
  return limits.split('\n').flatMap((line, index, lines) => {
    const name = /^export const (\w+)/.exec(line)?.[1]
    const before = lines[index - 1] ?? ''
    return name === undefined || before.endsWith('*/') || before.startsWith('export const') ? [] : [name]
  })
}

function matching(sources: Sources, pattern: RegExp, fault: string, where: (path: string) => boolean = () => true): readonly Fault[] {
  return [...sources].filter(([path, body]) => where(path) && pattern.test(body)).map(([file]) => ({ file, fault }))
}
