/** Runs a command of this project with its output shown, and says how it ended. */
import { spawn } from 'node:child_process'
import { delimiter, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '..')

/**
 * Tools are found whether npm or a person starts the script. Node.js keeps what it made of our TypeScript: a relay that
 * starts a second time is quicker and some 30 MB smaller.
 */
export const ENVIRONMENT = {
  ...process.env,
  PATH: [resolve(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
  NODE_COMPILE_CACHE: resolve(ROOT, 'node_modules/.cache/compiled'),
}

export type Outcome = { readonly code: number; readonly output: string }
export type Running = { readonly silent?: boolean; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv }

export async function run(
  command: string,
  args: readonly string[],
  { silent = false, cwd = ROOT, env = {} }: Running = {},
): Promise<Outcome> {
  const child = spawn(command, args, { cwd, env: { ...ENVIRONMENT, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (to: NodeJS.WriteStream) => (bytes: Buffer) => {
    output += bytes
    if (!silent) to.write(bytes)
  }
  child.stdout.on('data', keep(process.stdout))
  child.stderr.on('data', keep(process.stderr))
  const code = await new Promise<number>((done) => {
    child.on('error', (error) => {
      output += error.message
      done(1)
    })
    child.on('close', (status) => done(status ?? 1))
  })
  return { code, output }
}
