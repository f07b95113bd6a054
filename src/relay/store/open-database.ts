/**
 * The relay's database: WAL with full sync, so what was acknowledged survives a power cut, and a process killed at any
 * write leaves either the old shape or the new one.
 */
import { DatabaseSync } from 'node:sqlite'
import { MIGRATIONS } from './migrations.ts'

/** Another process may hold the lock for a backup. */
const BUSY_TIMEOUT_MS = 5_000

export function openDatabase(file: string, migrations: readonly string[] = MIGRATIONS): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  try {
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = FULL')
    migrate(database, migrations)
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

/** All steps or none. IMMEDIATE takes the write lock first: two relays starting at once cannot both migrate. */
function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    const done = Number(database.prepare('PRAGMA user_version').get()?.user_version)
    if (done > migrations.length)
      throw new Error('DATA_DIR was written by a newer version of the relay: start that version, or use another folder.')
    for (const step of migrations.slice(done)) database.exec(step)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
    database.exec('COMMIT')
  } catch (cause) {
    database.exec('ROLLBACK')
    throw cause
  }
}
