/**
 * The log says what happened and how often, never who: no addresses, peer ids, room ids or paths. Errors are reduced to
 * name, code and the places in our code, because their messages quote what they tripped over.
 */
import pino, { type DestinationStream, type Logger } from 'pino'
import type { Config } from './config.ts'

export function createLog(level: Config['LOG_LEVEL'], destination: DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method) {
          // pino takes the message of a bare error for the line's own.
          if (args[0] instanceof Error) method.call(this, { err: args[0] }, 'failed')
          else method.apply(this, args)
        },
      },
      serializers: { err: plainError, req: () => undefined, res: () => undefined },
    },
    destination,
  )
}

function plainError(error: unknown): { name: string; code?: string; at?: readonly string[] } {
  if (!(error instanceof Error)) return { name: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const at = error.stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.trim())
  return { name: error.name, code, at }
}
