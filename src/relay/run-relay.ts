/** The relay from the environment, for a person: what is wrong and where it runs, in sentences. */
import { existsSync } from 'node:fs'
import { type Config, ConfigError, describeConfig, readConfig } from './config.ts'
import { startRelay } from './start-relay.ts'
import { VERSION } from './version.ts'

/** `check-config` lists the settings in force instead of starting. */
export async function runRelay(command: string | undefined): Promise<void> {
  // What the relay writes holds keys: for its user alone.
  process.umask(0o077)
  if (existsSync('.env')) process.loadEnvFile()
  const config = configOrExit()
  if (command === 'check-config') process.stdout.write(`${describeConfig(config)}\n`)
  else await serve(config)
}

function configOrExit(): Config {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}

async function serve(config: Config): Promise<void> {
  const relay = await startRelay(config).catch((error: NodeJS.ErrnoException) => {
    console.error(sentenceOf(error, config))
    process.exit(1)
  })
  process.stdout.write(`${banner(relay.url, config)}\n`)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // On, not once: a terminal and a parent may both send it, and the second must not cut the first short.
    process.on(signal, () => void relay.close().then(() => process.exit(0)))
  }
}

function banner(localUrl: string, { HOST, PUBLIC_URL, DATA_DIR }: Config): string {
  const isLocalOnly = PUBLIC_URL === undefined && HOST !== '127.0.0.1' && HOST !== 'localhost'
  return [
    '',
    `  Asterism ${VERSION}`,
    `  ➜ ${PUBLIC_URL ?? localUrl}`,
    '  Open it twice, in two browsers or profiles, and start a room.',
    ...(isLocalOnly ? ['  Other devices need https in front: browsers give camera and storage to secure pages only.'] : []),
    `  Data: ${DATA_DIR}`,
    '',
  ].join('\n')
}

function sentenceOf(error: NodeJS.ErrnoException, { HOST, PORT, DATA_DIR }: Config): string {
  if (error.code === 'EADDRINUSE') return `Port ${PORT} is taken: stop what uses it, or set PORT to another one.`
  if (error.code === 'EACCES' && error.syscall === 'listen') return `Port ${PORT} is not allowed for this user: set PORT to one above 1023.`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return `HOST ${HOST} is no address of this machine.`
  if (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'ENOSPC')
    return `The folder ${DATA_DIR} cannot be written: set DATA_DIR to one that can.`
  return error.stack ?? error.message
}
