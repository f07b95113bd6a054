/** Small values the relay makes once and keeps. */
import type { DatabaseSync } from 'node:sqlite'

/** The stored value, or what `make` gives, stored. Two processes asking at once get the same one. */
export function settingOf(database: DatabaseSync, key: string, make: () => Uint8Array): Uint8Array<ArrayBuffer> {
  database.prepare('INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run(key, make())
  return new Uint8Array(database.prepare('SELECT value FROM setting WHERE key = ?').get(key)?.value as Uint8Array)
}
