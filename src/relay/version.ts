/** The version in package.json, read once. */
import { readFileSync } from 'node:fs'
import * as v from 'valibot'

const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')

export const VERSION = v.parse(v.object({ version: v.string() }), JSON.parse(file)).version
