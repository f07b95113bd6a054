/** `npm run dev`: a relay, and Vite in front of it, so that a saved file shows at once. Either one ending ends both. */
import { spawn } from 'node:child_process'
import { ENVIRONMENT, ROOT } from './run-process.ts'

const RELAY_PORT = '5181'

const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  spawn(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...ENVIRONMENT, ...env } })

const children = [
  start(process.execPath, ['src/relay/main.ts'], { PORT: RELAY_PORT, ALLOWED_ORIGINS: 'http://localhost:5180,http://127.0.0.1:5180' }),
  start('vite', [], { RELAY_PORT }),
]
const stop = () => {
  for (const child of children) child.kill('SIGTERM')
}
for (const child of children) child.on('close', stop)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
