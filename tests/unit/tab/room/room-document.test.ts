import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { ValueStore } from '../../../../src/ports/block-store.ts'
import { type Bytes, ownBytes } from '../../../../src/protocol/bytes.ts'
import { type RoomId, type TabId, toDeviceId, toFileId } from '../../../../src/protocol/ids.ts'
import { CHAT_MESSAGES } from '../../../../src/protocol/limits.ts'
import { keepDocument } from '../../../../src/tab/room/persist-document.ts'
import { createRoomDocument } from '../../../../src/tab/room/room-document.ts'
import { deriveRoomKeys } from '../../../../src/tab/room/room-keys.ts'

const device = toDeviceId(new Uint8Array(32))
const fileId = (n: number) => toFileId(new Uint8Array(16).fill(n))
const file = (n: number) => ({
  id: fileId(n),
  root: `b${'a'.repeat(58)}` as never,
  object: `b${'a'.repeat(58)}` as never,
  offset: 0,
  name: `file ${n}`,
  folder: '',
  type: 'text/plain',
  bytes: n,
  addedBy: device,
  addedAtMs: 0,
  signature: new Uint8Array(64),
})

test('[STATE-1] a record that does not parse is not there, the one beside it is', () => {
  const { doc, files } = createRoomDocument()
  doc.getMap('files').set('bad', { name: 'no id' })
  files.setMany(new Map([[fileId(1), file(1)]]))
  expect([...files.entries().keys()]).toEqual([fileId(1)])
})

test('[STATE-2] changes made together arrive together', () => {
  const { files } = createRoomDocument()
  const seen: number[] = []
  files.subscribe(() => seen.push(files.entries().size))
  files.setMany(new Map([1, 2, 3].map((n) => [fileId(n), file(n)])))
  expect(seen).toEqual([3])
})

test('[STATE-7] what was saved is there after a restart, and nothing of it can be read in the store', async () => {
  const saved = new Map<string, Bytes>()
  const values: ValueStore = {
    load: async (key) => saved.get(key),
    save: async (key, value) => void (value === null ? saved.delete(key) : saved.set(key, value)),
  }
  const { roomId: room, content: key } = await deriveRoomKeys(new Uint8Array(32).fill(1))
  const keep = (doc: ReturnType<typeof createRoomDocument>['doc']) =>
    keepDocument({ doc, room, key, values, clock: stoppedClock, signal: new AbortController().signal, failed: () => {} })

  const before = createRoomDocument()
  const keeper = keep(before.doc)
  before.profiles.setMany(new Map([[device, { name: 'Margarethe' }]]))
  await keeper.flush()
  const after = createRoomDocument()
  await keep(after.doc).load()

  expect(after.profiles.get(device)).toEqual({ name: 'Margarethe' })
  expect(new TextDecoder().decode([...saved.values()][0])).not.toContain('Margarethe')
})

test('[STATE-13] a line of chat in a large document writes a small value, and nothing is lost by it', async () => {
  const saved = new Map<string, Bytes>()
  const writes: { key: string; bytes: number }[] = []
  const values: ValueStore = {
    load: async (key) => saved.get(key),
    async save(key, value) {
      writes.push({ key: key.split('/').at(-1) ?? '', bytes: value?.byteLength ?? 0 })
      if (value === null) saved.delete(key)
      else saved.set(key, value)
    },
  }
  const { roomId: room, content: key } = await deriveRoomKeys(new Uint8Array(32).fill(1))
  const open = () => {
    const document = createRoomDocument()
    const signal = new AbortController().signal
    return { document, keeper: keepDocument({ doc: document.doc, room, key, values, clock: stoppedClock, signal, failed: () => {} }) }
  }
  const say = ({ chat }: ReturnType<typeof createRoomDocument>, id: string) =>
    chat.push({ id, from: device, text: id.padEnd(4_000, '.'), atMs: 0 })
  const text = (n: number) => `${n}`.padEnd(30, '.')

  const first = open()
  for (let n = 0; n < 500; n++) say(first.document, text(n))
  await first.keeper.flush()
  say(first.document, 'short')
  await first.keeper.flush()
  const second = open()
  await second.keeper.load()
  for (let n = 500; n < 600; n++) say(second.document, text(n))
  await second.keeper.flush()
  const third = open()
  await third.keeper.load()

  expect(writes.map(({ key: of }) => of)).toEqual(['document', 'recent', 'document', 'recent'])
  expect(writes[1]?.bytes).toBeLessThan(5_000)
  expect(third.document.chat.messages().map((message) => message.id)).toEqual([...Array(600).keys()].map(text).toSpliced(500, 0, 'short'))
})

test('[STATE-13] a newcomer writes the room down as it came, and what both sides had is there after a reload', async () => {
  const saved = new Map<string, Bytes>()
  const values: ValueStore = {
    load: async (key) => saved.get(key),
    save: async (key, value) => void saved.set(key, value as Bytes),
  }
  const { roomId: room, content: key } = await deriveRoomKeys(new Uint8Array(32).fill(1))
  const open = () => {
    const document = createRoomDocument()
    const signal = new AbortController().signal
    return { document, keeper: keepDocument({ doc: document.doc, room, key, values, clock: stoppedClock, signal, failed: () => {} }) }
  }
  const there = createRoomDocument()
  there.files.setMany(new Map(Array.from({ length: 200 }, (_, n) => [fileId(n), { ...file(n), name: 'n'.repeat(1_000) }])))
  there.files.deleteMany([fileId(7)])
  const newcomer = open()
  newcomer.document.profiles.setMany(new Map([[device, { name: 'Margarethe' }]]))
  await newcomer.keeper.flush()
  const update = ownBytes(Y.encodeStateAsUpdate(there.doc, Y.encodeStateVector(newcomer.document.doc)))
  newcomer.keeper.apply(update, 'a tab' as TabId)
  newcomer.document.files.deleteMany([fileId(8)])
  await newcomer.keeper.flush()
  const after = open()
  await after.keeper.load()

  expect([...saved.values()].map((value) => value.byteLength - update.byteLength === 28)).toEqual([true, false])
  expect(after.document.profiles.get(device)).toEqual({ name: 'Margarethe' })
  expect([after.document.files.entries().size, after.document.files.get(fileId(8))]).toEqual([198, undefined])
})

test('[STATE-7] a store that was changed, or belongs to another room, is as good as empty', async () => {
  const { roomId: room, content: key } = await deriveRoomKeys(new Uint8Array(32).fill(1))
  const after = createRoomDocument()
  const values: ValueStore = { load: async () => new Uint8Array(200), save: async () => {} }
  await keepDocument({
    doc: after.doc,
    room: room as RoomId,
    key,
    values,
    clock: stoppedClock,
    signal: new AbortController().signal,
    failed: () => {},
  }).load()
  expect(after.files.entries().size).toBe(0)
})

test('[STATE-11] a change is written a moment later though others follow, and a refused write is told once and tried again', async () => {
  const { roomId: room, content: key } = await deriveRoomKeys(new Uint8Array(32).fill(1))
  const timers: { delayMs: number; callback: () => void }[] = []
  const after = (delayMs: number, callback: () => void) => {
    timers.push({ delayMs, callback })
    return () => {}
  }
  const clock = { ...stoppedClock, after }
  let isFull = false
  const writes: string[] = []
  const save = async () => {
    writes.push(isFull ? 'refused' : 'written')
    if (isFull) throw new Error('full')
  }
  const { doc, profiles } = createRoomDocument()
  const values: ValueStore = { load: async () => undefined, save }
  const failed = () => writes.push('told')
  const keeper = keepDocument({ doc, room, key, values, clock, signal: new AbortController().signal, failed })
  const rename = (name: string) => profiles.setMany(new Map([[device, { name }]]))
  const nextTimer = async () => {
    const { delayMs, callback } = timers.shift() ?? { delayMs: -1, callback: () => {} }
    callback()
    await keeper.flush()
    return delayMs
  }

  for (const name of ['a', 'b', 'c']) rename(name)
  const first = await nextTimer()
  isFull = true
  rename('d')
  const waits = [first, await nextTimer(), await nextTimer()]
  expect({ waits, timers: timers.length, writes }).toEqual({
    waits: [100, 100, 10_000],
    timers: 1,
    writes: ['written', 'refused', 'told', 'refused', 'refused', 'refused'],
  })
})

test('[STATE-11] what another tab wrote is written soon after, or with the next change made here', async () => {
  const { roomId: room, content: key } = await deriveRoomKeys(new Uint8Array(32).fill(1))
  const waits: number[] = []
  const after = (delayMs: number) => {
    waits.push(delayMs)
    return () => {}
  }
  const there = createRoomDocument()
  const here = createRoomDocument()
  const values: ValueStore = { load: async () => undefined, save: async () => {} }
  const clock = { ...stoppedClock, after }
  keepDocument({ doc: here.doc, room, key, values, clock, signal: new AbortController().signal, failed: () => {} })
  there.doc.on('update', (update: Uint8Array) => Y.applyUpdate(here.doc, update, 'a tab'))
  there.profiles.setMany(new Map([[device, { name: 'a' }]]))
  here.profiles.setMany(new Map([[device, { name: 'b' }]]))
  there.profiles.setMany(new Map([[device, { name: 'c' }]]))

  expect(waits).toEqual([3_000, 100])
})

test('[STATE-8] chat keeps the newest', () => {
  const { chat, doc } = createRoomDocument()
  doc.transact(() => {
    for (let n = 0; n < CHAT_MESSAGES + 5; n++) chat.push({ id: `${n}`, from: device, text: `${n}`, atMs: n })
  })
  expect({ count: chat.messages().length, first: chat.messages()[0]?.text }).toEqual({ count: CHAT_MESSAGES, first: '5' })
})

const stoppedClock = { nowMs: () => 0, monotonicMs: () => 0, after: () => () => {} }
