/** Carries out a hello on a fresh stream: core/room/hello decides, this sends, signs, checks and waits. */
import { type HelloEffect, type HelloEnd, type HelloEvent, startHello, stepHello } from '../../core/room/hello.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceKey } from '../../ports/keys.ts'
import type { FrameStream } from '../../ports/wire.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import { helloMessage, tabClaim } from '../../protocol/hello.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { ENTRIES_PER_FRAME, HELLO_TIMEOUT_MS } from '../../protocol/limits.ts'
import { WIRE } from '../../protocol/wire-version.ts'
import { verifySignature } from './ed25519.ts'
import type { MembershipLog } from './membership-log.ts'
import type { RoomKeys } from './room-keys.ts'

export type HelloResult =
  | { readonly kind: 'done'; readonly device: DeviceId }
  | { readonly kind: 'refused'; readonly reason: HelloEnd; readonly by: 'us' | 'them' }

export type HelloContext = {
  readonly self: TabId
  readonly device: DeviceKey
  readonly keys: RoomKeys
  readonly log: MembershipLog
  readonly clock: Clock
}

/** Never throws: a stream that breaks is a refusal with reason `closed`. The stream is closed when this resolves. */
export async function runHello(stream: FrameStream, context: HelloContext): Promise<HelloResult> {
  const { self, device, keys, log, clock } = context
  const certificate = await device.sign(tabClaim({ room: keys.roomId, tab: self, device: device.id }))
  const nonce = crypto.getRandomValues(new Uint8Array(16))
  let state = startHello({ tab: self, device: device.id, room: keys.roomId, wire: WIRE, nonce, certificate }, stream.peer)
  let result: HelloResult | undefined

  const feed = async (event: HelloEvent): Promise<void> => {
    const { next, effects } = stepHello(state, event)
    state = next
    for (const effect of effects) await perform(effect)
  }
  const perform = async (effect: HelloEffect): Promise<void> => {
    switch (effect.kind) {
      case 'send':
        return stream.send(encodeFrame(effect.message))
      case 'check-certificate':
        return feed({ kind: 'certificate-checked', ok: await verifySignature(effect.device, effect.claim, effect.certificate) })
      case 'make-proof':
        return feed({ kind: 'proof-made', mac: await keys.prove(effect.claim) })
      case 'check-proof':
        return feed({ kind: 'proof-checked', ok: await keys.checkProof(effect.claim, effect.mac) })
      case 'send-entries':
        await sendEntries(stream, log)
        return feed({ kind: 'entries-done' })
      case 'take-entries':
        if (!(await log.take(effect.entries))) await feed({ kind: 'turned-away', reason: 'membership-invalid' })
        return
      case 'done':
      case 'refused':
        result = effect
        return
      default:
        return effect satisfies never
    }
  }

  const cancelTimeout = clock.after(HELLO_TIMEOUT_MS, () => stream.abort(new Error('hello timed out')))
  try {
    await feed({ kind: 'started' })
    for await (const frame of stream.frames) {
      const parsed = parseFrame(frame, helloMessage)
      await feed(
        parsed.kind === 'ok' ? { kind: 'message-received', message: parsed.message } : { kind: 'frame-refused', reason: parsed.reason },
      )
      if (result !== undefined) break
    }
  } catch {
    // The stream broke: said below as `closed`, unless the hello had ended before.
  }
  cancelTimeout()
  stream.close()
  return result ?? { kind: 'refused', reason: 'closed', by: 'us' }
}

async function sendEntries(stream: FrameStream, log: MembershipLog): Promise<void> {
  const entries = log.entries()
  let sent = 0
  do {
    const some = entries.slice(sent, sent + ENTRIES_PER_FRAME)
    sent += some.length
    await stream.send(encodeFrame({ t: 'entries', entries: some, last: sent >= entries.length }))
  } while (sent < entries.length)
}
