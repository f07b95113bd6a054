/** The database's shape, step by step. A step that has been released is never edited: add one below it. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE setting (
     key TEXT PRIMARY KEY,
     value BLOB NOT NULL
   ) STRICT, WITHOUT ROWID`,
]
