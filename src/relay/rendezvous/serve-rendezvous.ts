/** Rendezvous on libp2p streams: carries out what `rooms.ts` decides. */
import { randomBytes, webcrypto } from 'node:crypto'
import type { Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Bytes, ownBytes } from '../../protocol/bytes.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import { FrameReader, frameBytes } from '../../protocol/framing.ts'
import { parseTabId, type TabId, toRoomId } from '../../protocol/ids.ts'
import { CONTROL_FRAME_BYTES } from '../../protocol/limits.ts'
import { RENDEZVOUS_JOIN_MS, RENDEZVOUS_SEND_QUEUE_BYTES, RENDEZVOUS_STREAMS_PER_TAB } from '../../protocol/relay-limits.ts'
import { RENDEZVOUS_PROTOCOL, type RendezvousReply, rendezvousRequest } from '../../protocol/rendezvous.ts'
import type { RelayNode } from '../mesh/create-relay-node.ts'
import {
  type Bounds,
  NO_ROOMS,
  type RefusalReason,
  type Rooms,
  type RoomsEffect,
  type RoomsEvent,
  type StreamId,
  stepRooms,
} from './rooms.ts'

const NONCE_BYTES = 16

/** Enough for the last reply to arrive over a slow network. */
const CLOSE_PATIENCE_MS = 2_000

export type RendezvousOptions = {
  readonly bounds: Bounds
  /** Keyed prefix of the network an address is in. */
  readonly segmentOf: (remoteAddress: string) => Bytes
  readonly onRefused: (reason: RefusalReason) => void
}

export type RendezvousFigures = { readonly rooms: number; readonly tabs: number }

/** Gives the function that counts. Streams end with the node. */
export async function serveRendezvous(node: RelayNode, options: RendezvousOptions): Promise<() => RendezvousFigures> {
  const streams = new Map<StreamId, Stream>()
  let state: Rooms = NO_ROOMS
  let lastStream: StreamId = 0

  function handle(event: RoomsEvent): void {
    const { next, effects } = stepRooms(state, event, options.bounds)
    state = next
    for (const effect of effects) perform(effect)
  }

  function perform(effect: RoomsEffect): void {
    switch (effect.kind) {
      case 'send':
        if (effect.reply.t === 'refused') options.onRefused(effect.reply.reason)
        send(effect.stream, effect.reply)
        break
      case 'check':
        void check(effect)
        break
      case 'close':
        close(effect.stream)
        break
      case 'disconnect':
        void node.hangUp(peerIdFromString(effect.tab)).catch(() => {})
        break
      default:
        effect satisfies never
    }
  }

  function send(id: StreamId, reply: RendezvousReply): void {
    const stream = streams.get(id)
    if (stream === undefined || stream.writeStatus !== 'writable') return
    if (stream.writeBufferLength > RENDEZVOUS_SEND_QUEUE_BYTES) stream.abort(new Error('does not read'))
    else stream.send(frameBytes(encodeFrame(reply)))
  }

  async function check({ stream, key, claim, signature }: RoomsEffect & { kind: 'check' }): Promise<void> {
    const roomOfKey = toRoomId(new Uint8Array(await webcrypto.subtle.digest('SHA-256', key)))
    handle({ kind: 'checked', stream, roomOfKey, isSigned: await isSignedBy(key, claim, signature) })
  }

  /** The other side gets what was sent and then the end; what it still sends is not read, and soon it is cut. */
  function close(id: StreamId): void {
    const stream = streams.get(id)
    streams.delete(id)
    if (stream === undefined) return
    void stream.close().catch(() => {})
    setTimeout(() => stream.abort(new Error('closed')), CLOSE_PATIENCE_MS).unref()
  }

  function serve(stream: Stream, tab: TabId, segment: Bytes): void {
    const id = ++lastStream
    const reader = new FrameReader(CONTROL_FRAME_BYTES)
    const overdue = setTimeout(() => handle({ kind: 'join-overdue', stream: id }), RENDEZVOUS_JOIN_MS).unref()
    streams.set(id, stream)
    stream.addEventListener('message', ({ data }) => {
      if (!streams.has(id)) return
      const { frames, refused } = reader.push(data.subarray())
      for (const frame of frames) {
        const parsed = parseFrame(frame, rendezvousRequest)
        handle(
          parsed.kind === 'ok'
            ? { kind: 'join-received', stream: id, request: parsed.message }
            : { kind: 'frame-refused', stream: id, reason: parsed.reason },
        )
      }
      if (refused !== undefined) handle({ kind: 'frame-refused', stream: id, reason: refused })
    })
    const end = () => {
      clearTimeout(overdue)
      handle({ kind: 'closed', stream: id })
      close(id)
    }
    stream.addEventListener('close', end)
    // A tab that closes its half has left, though the stream is still half open.
    stream.addEventListener('remoteCloseWrite', end)
    handle({ kind: 'opened', stream: id, tab, nonce: ownBytes(randomBytes(NONCE_BYTES)), segment })
  }

  node.addEventListener('peer:disconnect', ({ detail: peer }) => handle({ kind: 'tab-gone', tab: peer.toString() as TabId }))
  await node.handle(
    RENDEZVOUS_PROTOCOL,
    (stream, connection) => {
      const tab = parseTabId(connection.remotePeer.toString())
      if (tab === undefined) return stream.abort(new Error('not an Ed25519 peer'))
      serve(stream, tab, options.segmentOf(connection.remoteAddr.getComponents()[0]?.value ?? ''))
    },
    { maxInboundStreams: RENDEZVOUS_STREAMS_PER_TAB, runOnLimitedConnection: false },
  )

  return () => ({ rooms: state.rooms.size, tabs: [...state.rooms.values()].reduce((sum, room) => sum + room.size, 0) })
}

async function isSignedBy(key: Bytes, claim: Bytes, signature: Bytes): Promise<boolean> {
  try {
    const publicKey = await webcrypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
    return await webcrypto.subtle.verify('Ed25519', publicKey, signature, claim)
  } catch {
    return false // bytes that are no point on the curve
  }
}
