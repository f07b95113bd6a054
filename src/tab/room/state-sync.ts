/**
 * The shared document, presence, and the log of meetings between this tab and every member tab. On a new stream both sides
 * send their state vector and answer with what the other lacks; after that, each change goes to everybody at once. Changes
 * of one tab are passed on to those it does not see, so a room that is not fully connected still agrees.
 */
import * as Y from 'yjs'
import { hearPresence, whoLacks } from '../../core/room/presence.ts'
import { seal, unseal } from '../../pipeline/seal.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FrameStream, Wire } from '../../ports/wire.ts'
import { type Bytes, concatBytes, ownBytes } from '../../protocol/bytes.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { DeviceId, RoomId, TabId } from '../../protocol/ids.ts'
import { HELLO_TIMEOUT_MS, STATE_BYTES, STATE_FRAME_BYTES, STATE_PART_BYTES } from '../../protocol/limits.ts'
import { membershipEntries } from '../../protocol/membership.ts'
import { presenceRecord, STATE_PROTOCOL, type StateMessage, stateContext, stateMessage } from '../../protocol/room-state.ts'
import type { ActLog } from '../session/act-log.ts'
import type { MembershipLog } from './membership-log.ts'
import type { PresenceTable } from './presence.ts'

export interface StateSync {
  /** The hello with this tab succeeded: its stream is opened, or awaited from it. */
  admit(tab: TabId, device: DeviceId): void
  release(tab: TabId): void
  /** Resolves when everything queued so far has been handed to the wire. */
  drained(): Promise<void>
}

type Session = { readonly tab: TabId; readonly device: DeviceId; stream: FrameStream | undefined; sending: Promise<void> }

export function startStateSync(options: {
  wire: Wire
  room: RoomId
  /** Content key of `epoch`. */
  key: CryptoKey
  epoch: number
  doc: Y.Doc
  /** Takes an update into the document, from this tab. Throws when it is none. */
  apply: (update: Bytes, from: TabId) => void
  presence: PresenceTable
  log: Pick<MembershipLog, 'take' | 'subscribe'>
  acts: Pick<ActLog, 'frames' | 'take' | 'onTold'>
  clock: Clock
  signal: AbortSignal
  notify: (code: RoomErrorCode, detail: string) => void
  /** A tab said itself that it leaves. */
  onGoodbye: (tab: TabId) => void
}): StateSync {
  const { wire, room, key, epoch, doc, apply, presence, log, acts, clock, signal, notify } = options
  const sessions = new Map<TabId, Session>()
  const early = new Map<TabId, FrameStream>()

  const send = (session: Session, t: StateMessage['t'], plain: Bytes): void => {
    const { stream } = session
    if (stream === undefined) return
    session.sending = session.sending
      .then(() => sendParts(stream, t, plain))
      .catch((cause: unknown) => {
        if (session.stream === stream) drop(session, cause)
      })
  }
  const sendParts = async (stream: FrameStream, t: StateMessage['t'], plain: Bytes): Promise<void> => {
    const parts = Math.max(1, Math.ceil(plain.byteLength / STATE_PART_BYTES))
    for (let part = 0; part < parts; part++) {
      const head = { t, epoch, part, parts }
      const sealed = await seal(key, plain.slice(part * STATE_PART_BYTES, (part + 1) * STATE_PART_BYTES), stateContext(room, head))
      await stream.send(encodeFrame({ ...head, sealed }))
    }
  }
  /** To everybody but those who have it from its maker. */
  const spread = (t: StateMessage['t'], plain: Bytes, from: TabId | undefined): void => {
    for (const tab of whoLacks(sessions.keys(), from, presence.all())) send(sessions.get(tab) as Session, t, plain)
  }
  const drop = (session: Session, cause: unknown): void => {
    session.stream?.abort(cause instanceof Error ? cause : new Error('state stream ended'))
    session.stream = undefined
    if (cause instanceof RoomError && cause.code !== 'aborted') notify(cause.code, cause.detail)
  }

  const attach = async (session: Session, stream: FrameStream): Promise<void> => {
    session.stream?.close()
    session.stream = stream
    session.sending = Promise.resolve()
    send(session, 'presence', encodeFrame(presence.own()))
    for (const record of presence.all().values()) {
      const isFromMaker = record.tab === wire.self || whoLacks([session.tab], record.tab, presence.all()).length === 0
      if (!isFromMaker) send(session, 'presence', encodeFrame(record))
    }
    for (const frame of acts.frames()) send(session, 'acts', frame)
    send(session, 'vector', ownBytes(Y.encodeStateVector(doc)))
    try {
      for await (const message of wholeMessages(stream)) await take(session, message)
      if (session.stream === stream) session.stream = undefined
    } catch (cause) {
      if (session.stream === stream) drop(session, cause)
    }
  }

  async function* wholeMessages(stream: FrameStream): AsyncGenerator<{ t: StateMessage['t']; plain: Bytes }> {
    let collected: Bytes[] = []
    for await (const frame of stream.frames) {
      const parsed = parseFrame(frame, stateMessage, STATE_FRAME_BYTES)
      if (parsed.kind === 'refused') throw new RoomError(parsed.reason, 'state')
      const { sealed, ...head } = parsed.message
      const plain = await unseal(key, sealed, stateContext(room, head))
      const isInOrder = head.part === collected.length && head.part < head.parts
      const isWithin = head.parts * STATE_PART_BYTES <= STATE_BYTES + STATE_PART_BYTES
      if (plain === undefined || !isInOrder || !isWithin) throw new RoomError('frame-malformed', 'state')
      collected.push(plain)
      if (collected.length < head.parts) continue
      yield { t: head.t, plain: concatBytes(collected) }
      collected = []
    }
  }

  const take = async (session: Session, { t, plain }: { t: StateMessage['t']; plain: Bytes }): Promise<void> => {
    if (t === 'presence') return takePresence(session, plain)
    if (t === 'entries') return takeEntries(plain)
    if (t === 'acts') return acts.take(plain, session.tab)
    try {
      if (t === 'vector') send(session, 'update', ownBytes(Y.encodeStateAsUpdate(doc, plain)))
      else apply(plain, session.tab)
    } catch (cause) {
      throw new RoomError('frame-malformed', 'state update', { cause })
    }
  }
  /** The log refuses what is not signed as it should be, and tells what is new; that goes on to those who lack it. */
  const takeEntries = async (plain: Bytes): Promise<void> => {
    const parsed = parseFrame(plain, membershipEntries, STATE_BYTES)
    if (parsed.kind === 'refused') throw new RoomError(parsed.reason, 'membership entries')
    if (!(await log.take(parsed.message.entries))) throw new RoomError('membership-invalid', 'entries')
  }
  const takePresence = (session: Session, plain: Bytes): void => {
    const parsed = parseFrame(plain, presenceRecord)
    if (parsed.kind === 'refused') throw new RoomError(parsed.reason, 'presence')
    const hearing = hearPresence(parsed.message, session)
    if (hearing === 'ignored') return
    if (hearing === 'refused') throw new RoomError('membership-invalid', 'presence of another device')
    if (hearing === 'goodbye') options.onGoodbye(session.tab)
    if (presence.receive(parsed.message)) spread('presence', plain, parsed.message.tab)
  }

  /** The other side may have finished its hello a moment before us; its stream waits unread. */
  const holdEarly = (stream: FrameStream): void => {
    early.get(stream.peer)?.abort(new RoomError('frame-malformed', 'one state stream at a time'))
    early.set(stream.peer, stream)
    clock.after(HELLO_TIMEOUT_MS, () => {
      if (early.get(stream.peer) !== stream) return
      early.delete(stream.peer)
      stream.abort(new RoomError('proof-refused', 'state before hello'))
    })
  }

  const madeBy = (origin: unknown) => (typeof origin === 'string' ? (origin as TabId) : undefined)
  const spreadUpdate = (update: Uint8Array, origin: unknown) => spread('update', ownBytes(update), madeBy(origin))
  /** What somebody listens for, the document writes down once more: of ten thousand files most of a second, and often for nobody. */
  const listenForOthers = ({ origin }: Y.Transaction) => {
    doc.off('update', spreadUpdate)
    if (whoLacks(sessions.keys(), madeBy(origin), presence.all()).length > 0) doc.on('update', spreadUpdate)
  }
  // The last moment before an update is made, and of each change by itself.
  doc.on('afterTransactionCleanup', listenForOthers)
  const stopPresence = presence.onOwnChange(() => spread('presence', encodeFrame(presence.own()), undefined))
  const stopEntries = log.subscribe((entries) => spread('entries', encodeFrame({ t: 'entries', entries }), undefined))
  const stopActs = acts.onTold((frame, from) => spread('acts', frame, from))
  const stopHandling = wire.handle(STATE_PROTOCOL, { maxFrameBytes: STATE_FRAME_BYTES }, (stream) => {
    const session = sessions.get(stream.peer)
    if (session === undefined) holdEarly(stream)
    else void attach(session, stream)
  })
  signal.addEventListener('abort', () => {
    stopHandling()
    stopPresence()
    stopEntries()
    stopActs()
    doc.off('afterTransactionCleanup', listenForOthers)
    doc.off('update', spreadUpdate)
    for (const session of sessions.values()) session.stream?.close()
    sessions.clear()
  })

  return {
    admit(tab, device) {
      if (sessions.has(tab)) return
      const session: Session = { tab, device, stream: undefined, sending: Promise.resolve() }
      sessions.set(tab, session)
      const waiting = early.get(tab)
      early.delete(tab)
      if (waiting !== undefined) void attach(session, waiting)
      if (wire.self > tab) return
      void wire
        .open(tab, STATE_PROTOCOL, { maxFrameBytes: STATE_FRAME_BYTES, signal })
        .then((stream) => attach(session, stream))
        .catch((cause: unknown) => drop(session, cause))
    },
    release(tab) {
      sessions.get(tab)?.stream?.close()
      sessions.delete(tab)
    },
    drained: async () => void (await Promise.all([...sessions.values()].map(({ sending }) => sending))),
  }
}
