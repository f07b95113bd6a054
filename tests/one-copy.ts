/**
 * One copy of each version of a package in what is built. npm puts a package that several others need beside each of them
 * when another version of it has the top place; the page would load it as many times.
 */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

const PACKAGE = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)(\/.*)$/

export function oneCopyOfEach(): Plugin {
  /** Of each name and version the folder that was found first. */
  const kept = new Map<string, string>()
  /** By folder: the one to take instead, which may be itself. */
  const instead = new Map<string, string>()
  const keptOf = (folder: string): string => {
    const known = instead.get(folder)
    if (known !== undefined) return known
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
    const key = `${name}@${version}`
    if (!kept.has(key)) kept.set(key, folder)
    const first = kept.get(key) ?? folder
    instead.set(folder, first)
    return first
  }
  return {
    name: 'one-copy-of-each',
    apply: 'build',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^(?!node:)[@\w]/ },
      async handler(source, importer, options) {
        const found = await this.resolve(source, importer, { ...options, skipSelf: true })
        const [, folder, rest] = PACKAGE.exec(found?.id ?? '') ?? []
        return found === null || folder === undefined ? found : { ...found, id: `${keptOf(folder)}${rest}` }
      },
    },
  }
}
