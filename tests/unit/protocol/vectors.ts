/** The plain files of tests/vectors, read as values: `{ "$bytes": hex }` stands for bytes. */
import { readFileSync } from 'node:fs'
import type { GenericSchema } from 'valibot'
import { asideMessage } from '../../../src/protocol/aside.ts'
import { counterAverages, counterReport } from '../../../src/protocol/balance.ts'
import { saying, signedAct, signedActs } from '../../../src/protocol/control.ts'
import { helloMessage } from '../../../src/protocol/hello.ts'
import { meetingMessage } from '../../../src/protocol/meeting.ts'
import { membershipEntry } from '../../../src/protocol/membership.ts'
import { deviceRecord, holdingRecord, manifestPage, manifestRoot, planRecord } from '../../../src/protocol/object.ts'
import { rendezvousReply, rendezvousRequest, tabCard } from '../../../src/protocol/rendezvous.ts'
import {
  binRecord,
  chatRecord,
  fileRecord,
  presenceRecord,
  profileRecord,
  seenRecord,
  stateMessage,
} from '../../../src/protocol/room-state.ts'
import { sideMessage } from '../../../src/protocol/side-talk.ts'
import { signalFrame } from '../../../src/protocol/signal.ts'
import { commandMessage } from '../../../src/protocol/transfer.ts'

const SCHEMAS: Readonly<Record<string, Readonly<Record<string, GenericSchema<unknown, unknown>>>>> = {
  hello: { helloMessage },
  membership: { membershipEntry },
  rendezvous: { rendezvousRequest, rendezvousReply, tabCard },
  signal: { signalFrame },
  transfer: { commandMessage },
  meeting: { meetingMessage },
  'room-state': { stateMessage, fileRecord, binRecord, seenRecord, profileRecord, chatRecord, presenceRecord },
  control: { saying, signedAct, signedActs },
  side: { sideMessage },
  aside: { asideMessage },
  balance: { counterReport, counterAverages },
  object: { manifestRoot, manifestPage, planRecord, holdingRecord, deviceRecord },
}

export type Vectors = {
  readonly valid: readonly { readonly name: string; readonly bytes: string; readonly value: unknown }[]
  readonly invalid: readonly { readonly name: string; readonly bytes: string; readonly reason: string }[]
}

export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8')) as T
}

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function fromVector(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromVector)
  if (typeof value !== 'object' || value === null) return value
  if ('$bytes' in value && typeof value.$bytes === 'string') return fromHex(value.$bytes)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromVector(inner)]))
}

/** Every message there is: schema, its vectors, and the names its variants go by (none for a plain record). */
export function everyMessage(): { name: string; schema: GenericSchema<unknown, unknown>; vectors: Vectors; variants: string[] }[] {
  return Object.entries(SCHEMAS).flatMap(([file, schemas]) => {
    const vectors = readVectors<Record<string, Vectors>>(file)
    return Object.entries(schemas).map(([name, schema]) => {
      const options = 'options' in schema ? (schema.options as { entries: { t: { literal: string } } }[]) : []
      return {
        name,
        schema,
        vectors: vectors[name] ?? { valid: [], invalid: [] },
        variants: options.map(({ entries }) => entries.t.literal),
      }
    })
  })
}
