/**
 * The built app. Files under assets/ carry a hash of their content in their name and never change; everything else is
 * asked for again each time, so that a new version is seen at once.
 */
import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { sayPlainly } from './say-plainly.ts'

const HASHED = `${sep}assets${sep}`
const NOT_BUILT = 'The app is not built yet. Run `npm run build`, then reload this page.'

export async function serveApp(server: FastifyInstance, staticDir: string): Promise<void> {
  const isBuilt = existsSync(join(staticDir, 'index.html'))
  server.setNotFoundHandler((request, reply) => {
    if (!isBuilt && request.url === '/') return sayPlainly(reply, 503, NOT_BUILT)
    return sayPlainly(reply, 404, 'There is nothing at this address.')
  })
  if (!isBuilt) return

  await server.register(fastifyStatic, {
    root: staticDir,
    cacheControl: false,
    // The build writes them beside the files; one that is missing is no matter.
    preCompressed: true,
    setHeaders: (reply, sent) => {
      const path = sent.replace(/\.(br|gz)$/, '')
      reply.header('cache-control', path.includes(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache')
      if (path.endsWith(`${sep}sw.js`)) reply.header('service-worker-allowed', '/')
    },
  })
}
