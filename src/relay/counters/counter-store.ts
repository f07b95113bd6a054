/**
 * What was told of techniques, added up by kind of client. Reports are not kept, only sums; a kind is told of from so many
 * reports on, in tens, so that what one device said cannot be read off the difference.
 */
import type { DatabaseSync } from 'node:sqlite'
import { CLIENT_CLASSES, type CounterAverage, type CounterRow, ENGINES, TECHNIQUES } from '../../protocol/balance.ts'
import { COUNTER_REPORTS_MIN, COUNTER_ROW_MAX, COUNTER_ROWS } from '../../protocol/relay-limits.ts'

export class CounterStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** All rows of a report or none. */
  add(rows: readonly CounterRow[], nowMs: number): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const row of rows) this.#addRow(row, nowMs)
      this.#database.exec('COMMIT')
    } catch (cause) {
      this.#database.exec('ROLLBACK')
      throw cause
    }
  }

  averages(): readonly CounterAverage[] {
    const rows = this.#database
      .prepare('SELECT * FROM counter WHERE reports >= ? ORDER BY technique, client, engine, major')
      .all(COUNTER_REPORTS_MIN)
    return rows.flatMap((row) => {
      const technique = TECHNIQUES.find((each) => each === row['technique'])
      const client = CLIENT_CLASSES.find((each) => each === row['client'])
      const engine = ENGINES.find((each) => each === row['engine'])
      if (technique === undefined || client === undefined || engine === undefined) return []
      return [
        { technique, client, engine, major: Number(row['major']), succeeded: inTens(row['succeeded']), failed: inTens(row['failed']) },
      ]
    })
  }

  #addRow({ technique, client, engine, major, succeeded, failed }: CounterRow, nowMs: number): void {
    this.#database
      .prepare(
        `INSERT INTO counter (technique, client, engine, major, succeeded, failed, reports, told_at_ms) VALUES (?, ?, ?, ?, ?, ?, 1, ?)
         ON CONFLICT DO UPDATE SET succeeded = succeeded + excluded.succeeded, failed = failed + excluded.failed,
           reports = reports + 1, told_at_ms = excluded.told_at_ms`,
      )
      .run(technique, client, engine, major, succeeded, failed, nowMs)
    this.#database
      .prepare('UPDATE counter SET succeeded = succeeded / 2, failed = failed / 2 WHERE succeeded + failed > ?')
      .run(COUNTER_ROW_MAX)
    this.#database
      .prepare(
        `DELETE FROM counter WHERE (technique, client, engine, major) IN
           (SELECT technique, client, engine, major FROM counter ORDER BY told_at_ms DESC LIMIT -1 OFFSET ?)`,
      )
      .run(COUNTER_ROWS)
  }
}

function inTens(count: unknown): number {
  return Math.floor(Number(count) / 10) * 10
}
