/** `npm start`: builds the page if need be, then runs the relay, which serves it. Signals go on to the relay, so it drains. */
import { spawn } from 'node:child_process'
import { buildIfStale } from './build-app.ts'
import { ENVIRONMENT, ROOT } from './run-process.ts'

if (!(await buildIfStale())) process.exit(1)

const relay = spawn(process.execPath, ['src/relay/main.ts'], { cwd: ROOT, stdio: 'inherit', env: ENVIRONMENT })
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => relay.kill(signal))
relay.on('close', (code) => process.exit(code ?? 0))
