import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { loadPeerKey } from '../../src/relay/mesh/peer-key.ts'
import { MIGRATIONS } from '../../src/relay/store/migrations.ts'
import { openDatabase } from '../../src/relay/store/open-database.ts'
import { settingOf } from '../../src/relay/store/settings.ts'
import { relayForTest, temporaryFolder } from './fixtures/relay.ts'

const pragma = (database: DatabaseSync, name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]

test('[RELAY-22] WAL, full sync, and patience with another holder of the lock', () => {
  const database = openDatabase(join(temporaryFolder(), 'relay.db'))
  expect(['journal_mode', 'synchronous', 'busy_timeout', 'foreign_keys'].map((name) => pragma(database, name))).toEqual(['wal', 2, 5000, 1])
  database.close()
})

test('[RELAY-23] a migration that fails leaves nothing of itself, nor of those before it', () => {
  const file = join(temporaryFolder(), 'relay.db')
  openDatabase(file).close()
  const broken = [...MIGRATIONS, 'CREATE TABLE first (id INTEGER) STRICT', 'CREATE TABLE second (']
  expect(() => openDatabase(file, broken)).toThrow('incomplete input')
  const database = openDatabase(file)
  expect(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).toEqual([{ name: 'setting' }, { name: 'counter' }])
  expect(pragma(database, 'user_version')).toBe(MIGRATIONS.length)
  database.close()
})

test('[RELAY-23] only the missing steps are done, in order', () => {
  const file = join(temporaryFolder(), 'relay.db')
  openDatabase(file).close()
  const database = openDatabase(file, [...MIGRATIONS, 'CREATE TABLE more (id INTEGER) STRICT', 'INSERT INTO more VALUES (7)'])
  expect(database.prepare('SELECT id FROM more').all()).toEqual([{ id: 7 }])
  database.close()
})

test('[RELAY-23] a database of a newer relay is left alone, with the remedy', () => {
  const file = join(temporaryFolder(), 'relay.db')
  openDatabase(file, [...MIGRATIONS, 'CREATE TABLE more (id INTEGER) STRICT']).close()
  expect(() => openDatabase(file)).toThrow('newer version of the relay')
  const database = new DatabaseSync(file)
  expect(pragma(database, 'user_version')).toBe(MIGRATIONS.length + 1)
  database.close()
})

test('a setting keeps its first value', () => {
  const database = openDatabase(join(temporaryFolder(), 'relay.db'))
  expect(settingOf(database, 'key', () => new Uint8Array([1]))).toEqual(new Uint8Array([1]))
  expect(settingOf(database, 'key', () => new Uint8Array([2]))).toEqual(new Uint8Array([1]))
  database.close()
})

test('[RELAY-24] a relay that starts again on its folder is the same relay', async () => {
  const first = await relayForTest()
  await first.close()
  const second = await relayForTest({ DATA_DIR: first.dataDir })
  expect(second.peerId).toBe(first.peerId)
  expect(statSync(join(first.dataDir, 'peer.key')).mode & 0o777).toBe(0o600)
})

test('[RELAY-24] a damaged key is not quietly replaced by another', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'peer.key'), 'oops')
  await expect(loadPeerKey(folder)).rejects.toThrow()
})
