/**
 * Files over one link, both ways, from the link's first command to its close. Commands are parsed at the door; a peer
 * that breaks a rule is cut.
 */
import { DOOR_START, doorStep } from '../../core/storage/command-door.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link } from '../../ports/link.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import { type CommandMessage, commandMessage } from '../../protocol/transfer.ts'
import { ReceiveBlocks, type Received } from './receive-blocks.ts'
import { ServeBlocks } from './serve-blocks.ts'

export type LinkSession = {
  readonly link: Link
  readonly receive: ReceiveBlocks
  /** When the last data frame came, monotonic. */
  readonly heardAtMs: () => number
  readonly close: () => void
}

export function openLinkSession(link: Link, blocks: BlockStore, clock: Clock, received: Received): LinkSession {
  let door = DOOR_START
  let heardAtMs = clock.monotonicMs()
  /** Commands of a moment when the channel was not open: few, since what may be open at once is bounded. */
  let unsent: Uint8Array[] = []
  const send = (command: CommandMessage) => {
    const frame = encodeFrame(command)
    if (unsent.length > 0 || !link.sendCommand(frame)) unsent.push(frame)
  }
  const sendUnsent = () => {
    while (unsent[0] !== undefined && link.state === 'connected' && link.sendCommand(unsent[0])) unsent = unsent.slice(1)
  }
  const receive = new ReceiveBlocks(link, send, received)
  const serve = new ServeBlocks(link, blocks, send)

  const takeCommand = (frame: ArrayBuffer) => {
    const parsed = parseFrame(new Uint8Array(frame), commandMessage)
    const step = doorStep(door, clock.monotonicMs(), parsed.kind === 'refused' ? parsed.reason : undefined)
    door = step.next
    if (step.cut !== undefined) link.cut(new RoomError(step.cut, 'command'))
    else if (parsed.kind === 'ok') dispatch(parsed.message, receive, serve)
  }
  const takeData = (frame: ArrayBuffer) => {
    heardAtMs = clock.monotonicMs()
    receive.takeData(frame)
  }
  const stop = [link.onCommand(takeCommand), link.onData(takeData), link.subscribe(sendUnsent)]
  return {
    link,
    receive,
    heardAtMs: () => heardAtMs,
    close() {
      for (const end of stop) end()
    },
  }
}

function dispatch(message: CommandMessage, receive: ReceiveBlocks, serve: ServeBlocks): void {
  switch (message.t) {
    case 'want':
      serve.handle({ kind: 'want', transfer: message.id, blocks: message.blocks, urgent: message.urgent === true })
      return
    case 'credit':
      serve.handle({ kind: 'credit', bytes: message.bytes })
      return
    case 'cancel':
      serve.handle({ kind: 'cancel', transfer: message.id })
      return
    case 'missing':
      receive.handle({ kind: 'missing', transfer: message.id, index: message.index })
      return
    // The link answers these itself.
    case 'ping':
    case 'pong':
      return
    default:
      message satisfies never
  }
}
