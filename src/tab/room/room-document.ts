/**
 * The room's shared document: a Yjs document seen as typed maps. Any member can write anything into it, so every record
 * is parsed when it changes and bad ones are not there for the rest of the program.
 */
import * as v from 'valibot'
import * as Y from 'yjs'
import type { RecordMap, RoomState } from '../../ports/room-state.ts'
import { CHAT_MESSAGES, FILES, KNOWN_DEVICES, OBJECTS } from '../../protocol/limits.ts'
import { deviceRecord, holdingRecord, planRecord } from '../../protocol/object.ts'
import { binRecord, type ChatRecord, chatRecord, fileRecord, profileRecord, seenRecord } from '../../protocol/room-state.ts'

export type RoomDocument = RoomState & { readonly doc: Y.Doc }

export function createRoomDocument(): RoomDocument {
  const doc = new Y.Doc()
  return {
    doc,
    files: recordMap(doc.getMap('files'), fileRecord, FILES),
    bin: recordMap(doc.getMap('bin'), binRecord, FILES),
    seen: recordMap(doc.getMap('seen'), seenRecord, 4 * FILES),
    plans: recordMap(doc.getMap('plans'), planRecord, OBJECTS),
    holdings: recordMap(doc.getMap('holdings'), holdingRecord, 4 * OBJECTS),
    devices: recordMap(doc.getMap('devices'), deviceRecord, KNOWN_DEVICES),
    profiles: recordMap(doc.getMap('profiles'), profileRecord, KNOWN_DEVICES),
    chat: chatOf(doc.getArray('chat')),
  }
}

function recordMap<T>(map: Y.Map<unknown>, schema: v.GenericSchema<unknown, T>, maxRecords: number): RecordMap<T> {
  const records = new Map<string, T>()
  let snapshot: ReadonlyMap<string, T> | undefined
  const read = (key: string) => {
    const result = v.safeParse(schema, map.get(key))
    if (result.success && (records.has(key) || records.size < maxRecords)) records.set(key, result.output)
    else records.delete(key)
  }
  for (const key of map.keys()) read(key)
  map.observe(({ keysChanged }) => {
    for (const key of keysChanged) read(key)
    snapshot = undefined
  })
  const transact = (change: () => void) => (map.doc as Y.Doc).transact(change)

  return {
    get: (key) => records.get(key),
    entries: () => (snapshot ??= new Map(records)),
    setMany: (changes) =>
      transact(() => {
        for (const [key, record] of changes) map.set(key, record)
      }),
    deleteMany: (keys) =>
      transact(() => {
        for (const key of keys) map.delete(key)
      }),
    subscribe(listener) {
      const tell = ({ keysChanged }: Y.YMapEvent<unknown>) => listener(keysChanged as Set<string>)
      map.observe(tell)
      return () => map.unobserve(tell)
    },
  }
}

function chatOf(array: Y.Array<unknown>): RoomState['chat'] {
  let parsed: readonly ChatRecord[] | undefined
  array.observe(() => {
    parsed = undefined
  })
  const read = () =>
    array.toArray().flatMap((message) => {
      const result = v.safeParse(chatRecord, message)
      return result.success ? [result.output] : []
    })
  return {
    messages: () => (parsed ??= read()),
    push: (message) =>
      (array.doc as Y.Doc).transact(() => {
        array.push([message])
        if (array.length > CHAT_MESSAGES) array.delete(0, array.length - CHAT_MESSAGES)
      }),
    subscribe(listener) {
      const tell = () => listener()
      array.observe(tell)
      return () => array.unobserve(tell)
    },
  }
}
