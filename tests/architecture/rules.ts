/** Numbered rules in docs/rules and the tests that cite them in their titles, as two lists to compare. */
import ts from 'typescript'
import { readSources } from './sources.ts'

const ID = /\[([A-Z][A-Z-]*-\d+)\]/g
const RULE = /^(?:- )?\*\*([A-Z][A-Z-]*-\d+)\*\*\s+\S/gm

export type Rules = {
  readonly written: readonly string[]
  readonly cited: ReadonlySet<string>
  /** Areas whose rules stand in more than one page: a number could be given twice. */
  readonly scattered: readonly string[]
}

export function readRules(root: string): Rules {
  const pages = [...readSources(root, ['docs/rules/*.md'])]
  const byPage = pages.map(([, text]) => [...text.matchAll(RULE)].map((match) => match[1] ?? ''))
  const areas = byPage.flatMap((ids) => [...new Set(ids.map((id) => id.replace(/-\d+$/, '')))])
  const titles = [...readSources(root, ['tests/**/*.ts'])]
    .filter(([path]) => !path.startsWith('tests/architecture/'))
    .flatMap(([, text]) => titlesOf(text))
  return {
    written: byPage.flat(),
    cited: new Set(titles.flatMap((title) => [...title.matchAll(ID)].map((match) => match[1] ?? ''))),
    scattered: areas.filter((area, index) => areas.indexOf(area) !== index),
  }
}

/** First arguments of `test(...)`, `test.each(...)(...)` and their like; a title in a comment or a skipped test is none. */
function titlesOf(text: string): readonly string[] {
  const titles: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const [title] = node.arguments
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text)
      else if (title !== undefined && ts.isTemplateExpression(title)) titles.push(title.head.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('test.ts', text, ts.ScriptTarget.ESNext))
  return titles
}

function isTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'test' || callee.text === 'it'
  if (ts.isPropertyAccessExpression(callee)) return !/^(skip|todo|fixme)$/.test(callee.name.text) && isTest(callee.expression)
  return ts.isCallExpression(callee) && isTest(callee.expression)
}
