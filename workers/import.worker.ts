/** The import worker of a tab: files become blocks here, off the main thread. */
import { handleImports, type ImportPort } from './storage/import-file.ts'

handleImports(globalThis as unknown as ImportPort)
