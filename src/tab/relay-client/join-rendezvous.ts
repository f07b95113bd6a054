/**
 * This tab in the relay's list of the room, for as long as the stream is open. The record is sealed: the relay learns
 * that some holder of the room key is there, and passes on what it cannot read.
 */
import type { Wire } from '../../ports/wire.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { RoomId, TabId } from '../../protocol/ids.ts'
import { CONTROL_FRAME_BYTES } from '../../protocol/limits.ts'
import {
  RENDEZVOUS_PROTOCOL,
  type RendezvousRecord,
  type RendezvousReply,
  rendezvousClaim,
  rendezvousReply,
} from '../../protocol/rendezvous.ts'

export type RendezvousKeys = {
  readonly roomId: RoomId
  readonly publicKey: Bytes
  sign(claim: Bytes): Promise<Bytes>
}

export type RendezvousNews =
  /** Keyed prefix of this tab's network, as the relay sees it. */
  | { readonly kind: 'segment'; readonly segment: Bytes }
  /** `isNew`: it came to the relay after this tab. */
  | { readonly kind: 'listed'; readonly record: RendezvousRecord; readonly isNew: boolean }
  | { readonly kind: 'unlisted'; readonly tab: TabId }

/** Resolves when the stream ends; throws `relay-unreachable` when the relay refuses or speaks nonsense. */
export async function joinRendezvous(options: {
  wire: Wire
  relay: TabId
  keys: RendezvousKeys
  sealed: Bytes
  signal: AbortSignal
  onNews: (news: RendezvousNews) => void
}): Promise<void> {
  const { wire, relay, keys, sealed, signal, onNews } = options
  const stream = await wire.open(relay, RENDEZVOUS_PROTOCOL, { maxFrameBytes: CONTROL_FRAME_BYTES, signal })
  const stop = () => stream.close()
  signal.addEventListener('abort', stop)
  try {
    for await (const frame of stream.frames) {
      const parsed = parseFrame(frame, rendezvousReply, CONTROL_FRAME_BYTES)
      if (parsed.kind === 'ok') await take(parsed.message)
      else if (parsed.reason !== 'frame-unknown') throw new RoomError(parsed.reason, 'from the relay')
    }
  } finally {
    signal.removeEventListener('abort', stop)
    stream.close()
  }

  async function take(reply: RendezvousReply): Promise<void> {
    switch (reply.t) {
      case 'greet': {
        onNews({ kind: 'segment', segment: reply.segment })
        const signature = await keys.sign(rendezvousClaim({ nonce: reply.nonce, room: keys.roomId, tab: wire.self, sealed }))
        return stream.send(encodeFrame({ t: 'join', room: keys.roomId, key: keys.publicKey, sealed, signature }))
      }
      case 'peers':
        for (const record of reply.records) onNews({ kind: 'listed', record, isNew: false })
        return
      case 'joined':
        return onNews({ kind: 'listed', record: reply.record, isNew: true })
      case 'left':
        return onNews({ kind: 'unlisted', tab: reply.tab })
      case 'refused':
        throw new RoomError('relay-unreachable', `rendezvous refused: ${reply.reason}`)
      default:
        return reply satisfies never
    }
  }
}
