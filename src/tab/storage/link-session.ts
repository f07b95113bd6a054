/**
 * Blocks over one link, both ways, from the link's first command to its close. Every command counts at the door; a peer
 * that breaks a rule is cut.
 */
import { DOOR_START, doorStep } from '../../core/storage/command-door.ts'
import type { Place } from '../../core/storage/fetch-state.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link } from '../../ports/link.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame, type Parsed } from '../../protocol/frame.ts'
import type { CommandMessage } from '../../protocol/transfer.ts'
import { PaceLink } from './pace-link.ts'
import { ReceiveBlocks, type Received } from './receive-blocks.ts'
import { ServeBlocks, type Supply } from './serve-blocks.ts'

export type LinkSession = {
  readonly link: Link
  readonly receive: ReceiveBlocks
  /** When the last data frame came, monotonic. */
  readonly heardAtMs: () => number
  readonly close: () => void
}

export type SessionListener = Received & { readonly onLaneLost: () => void; readonly isCallRunning: () => boolean }

export function openLinkSession(link: Link, supply: Supply, clock: Clock, listener: SessionListener): LinkSession {
  const pace = new PaceLink(link, clock, listener.isCallRunning)
  let door = DOOR_START
  let heardAtMs = clock.monotonicMs()
  /** Commands of a moment when the channel was not open: few, since what may be open at once is bounded. */
  let unsent: Uint8Array[] = []
  const send = (command: CommandMessage) => {
    const frame = encodeFrame(command)
    if (unsent.length > 0 || !link.sendCommand(frame)) unsent.push(frame)
  }
  const receive = new ReceiveBlocks(link, send, listener)
  const serve = new ServeBlocks(link, supply, send, pace)
  let { lanes } = link

  const look = () => {
    while (unsent[0] !== undefined && link.state === 'connected' && link.sendCommand(unsent[0])) unsent = unsent.slice(1)
    pace.look()
    if (link.lanes === lanes) return
    lanes = link.lanes
    serve.handle({ kind: 'lanes', lanes })
  }
  const takeCommand = (command: Parsed<CommandMessage>) => {
    const step = doorStep(door, clock.monotonicMs(), command.kind === 'refused' ? command.reason : undefined)
    door = step.next
    if (step.cut !== undefined) link.cut(new RoomError(step.cut, 'command'))
    else if (command.kind === 'ok') dispatch(command.message, receive, serve)
  }
  const takeData = (frame: ArrayBuffer, lane: number) => {
    heardAtMs = clock.monotonicMs()
    pace.arrived()
    receive.takeData(frame, lane)
  }
  const laneClosed = (lane: number, lostBytes: number) => {
    receive.handle({ kind: 'lane-closed', lane, lostBytes })
    if (lostBytes > 0) listener.onLaneLost()
  }
  const stop = [link.onCommand(takeCommand), link.onData(takeData), link.onLaneClosed(laneClosed), link.subscribe(look)]
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
    case 'want': {
      const { id, blocks, urgent, part, of } = message
      const places = of?.places.map((place): Place => ({ object: of.object, ...place }))
      serve.handle({ kind: 'want', transfer: id, blocks, urgent: urgent === true, part, places })
      return
    }
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
    case 'lane':
    case 'lane-candidate':
    case 'lane-close':
    case 'ping':
    case 'pong':
      return
    default:
      message satisfies never
  }
}
