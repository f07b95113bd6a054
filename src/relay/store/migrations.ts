/** The database's shape, step by step. A step that has been released is never edited: add one below it. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE setting (
     key TEXT PRIMARY KEY,
     value BLOB NOT NULL
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE counter (
     technique TEXT NOT NULL,
     client TEXT NOT NULL,
     engine TEXT NOT NULL,
     major INTEGER NOT NULL,
     succeeded INTEGER NOT NULL,
     failed INTEGER NOT NULL,
     reports INTEGER NOT NULL,
     told_at_ms INTEGER NOT NULL,
     PRIMARY KEY (technique, client, engine, major)
   ) STRICT, WITHOUT ROWID`,
]
