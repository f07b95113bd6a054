/** The import worker, started with the first file. */
import type { ImporterPort } from './importer.ts'

export function startImporter(): ImporterPort {
  return new Worker(new URL('../../../workers/import.worker.ts', import.meta.url), { type: 'module', name: 'import' })
}
