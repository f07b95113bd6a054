/**
 * Types, layer by layer. Each layer is compiled under the tsconfig that names its runtime, so `window` in a worker or a
 * timer in core is an error. Views are checked in a copy that has errors planted in it: a checker that does not find
 * them is not looking, and would pass anything.
 */
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ROOT, run } from './run-process.ts'

export type Verdict = { readonly name: string; readonly ok: boolean }

const LAYERS = ['src/protocol', 'src/core', 'src/ports', 'workers/kernels', 'src/pipeline', 'src/tab', 'src/relay', 'workers', 'tests']

/** One error in a script, one in markup. */
const PLANTED = `<script lang="ts">
  const planted: number = 'text'
</script>
{planted.nowhere}
`

/** Views are looked at by one thread, and take as long as all layers together. */
export async function check(): Promise<Verdict[]> {
  return (await Promise.all([checkLayers(), checkViews()])).flat()
}

async function checkLayers(): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  for (const layer of LAYERS) {
    const { code } = await run('tsc', ['-p', layer, '--pretty', 'false'])
    verdicts.push({ name: `types of ${layer}`, ok: code === 0 })
  }
  return verdicts
}

type Finding = { readonly type: string; readonly filename: string; readonly start: { readonly line: number }; readonly message: string }

async function checkViews(): Promise<Verdict[]> {
  const copy = await mkdtemp(join(tmpdir(), 'views-'))
  try {
    await cp(join(ROOT, 'src'), join(copy, 'src'), { recursive: true })
    await cp(join(ROOT, 'workers'), join(copy, 'workers'), { recursive: true })
    for (const file of ['package.json', 'tsconfig.json', 'svelte.config.js'])
      if (existsSync(join(ROOT, file))) await cp(join(ROOT, file), join(copy, file))
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    await writeFile(join(copy, 'src/ui/Planted.svelte'), PLANTED)

    const { output } = await run(
      'svelte-check',
      ['--workspace', copy, '--tsconfig', 'src/ui/tsconfig.json', '--output', 'machine-verbose'],
      { silent: true, cwd: copy },
    )
    const findings = output.split('\n').flatMap(parseFinding)
    const [planted, real] = [true, false].map((isPlanted) =>
      findings.filter((one) => one.filename.endsWith('Planted.svelte') === isPlanted),
    )
    for (const one of real ?? [])
      console.log(`${relative(copy, join(copy, one.filename))}:${one.start.line + 1} ${one.type} ${one.message}`)
    const lines = new Set((planted ?? []).filter((one) => one.type === 'ERROR').map((one) => one.start.line + 1))
    const isLooking = lines.has(2) && lines.has(4)
    if (!isLooking) console.log(`svelte-check did not find the planted errors:\n${output}`)
    return [
      { name: 'views', ok: isLooking && real?.length === 0 },
      { name: 'views are really checked', ok: isLooking },
    ]
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

function parseFinding(line: string): Finding[] {
  const json = /^\d+ (\{.*\})$/.exec(line)?.[1]
  return json === undefined ? [] : [JSON.parse(json) as Finding]
}

if (import.meta.main) {
  const verdicts = await check()
  for (const { name, ok } of verdicts) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`)
  process.exitCode = verdicts.every(({ ok }) => ok) ? 0 : 1
}
