/**
 * Carries out core/room/reach: connects the relay, dials tabs, keeps reservations, and lets a tab count as connected only
 * after its hello. Nothing here decides whom to call or when.
 */
import { type ReachEffect, type ReachEvent, type ReachState, startReach, stepReach, type Via } from '../../core/room/reach.ts'
import type { RelayStatus } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FrameStream, Wire } from '../../ports/wire.ts'
import { RoomError } from '../../protocol/errors.ts'
import { HELLO_PROTOCOL } from '../../protocol/hello.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { CONTROL_FRAME_BYTES, HELLO_TIMEOUT_MS } from '../../protocol/limits.ts'
import type { HelloResult } from './run-hello.ts'

/** What the driver needs of the mesh; the relay is behind it. */
export interface Reachable extends Wire {
  /** Resolves when connected and listed; `lost` is called once when that ends. Rejects when it cannot be done. */
  connectRelay(lost: () => void): Promise<void>
  dial(tab: TabId, via: Via, signal: AbortSignal): Promise<void>
  reserve(carrier: TabId): Promise<void>
  isConnected(tab: TabId): boolean
  isAlive(tab: TabId): Promise<boolean>
  hangUp(tab: TabId): void
  onConnection(listener: (change: { kind: 'opened' | 'closed'; peer: TabId }) => void): () => void
}

export interface ReachDriver {
  feed(event: ReachEvent): void
  connected(): ReadonlyMap<TabId, DeviceId>
  relay(): RelayStatus
}

export function driveReach(options: {
  mesh: Reachable
  clock: Clock
  signal: AbortSignal
  random: () => number
  isRelay: (peer: TabId) => boolean
  hello: (stream: FrameStream) => Promise<HelloResult>
  onConnected: (tab: TabId, device: DeviceId) => void
  onDisconnected: (tab: TabId) => void
  /** It went without a word. */
  onSilent: (tab: TabId) => void
  onUnreached: () => void
  onAllReached: () => void
  onRefused: (result: HelloResult & { kind: 'refused' }) => void
  changed: () => void
}): ReachDriver {
  const { mesh, clock, signal, isRelay } = options
  const connected = new Map<TabId, DeviceId>()
  const greeting = new Set<TabId>()
  /** Of each tab the latest greeting, and the way it was dialed. */
  const turns = new Map<TabId, number>()
  const dialed = new Map<TabId, Via>()
  let greets = 0
  let state = startReach(mesh.self)
  let cancelWake = () => {}

  const feed = (event: ReachEvent): void => {
    if (signal.aborted) return
    const before = relayStatus(state)
    const { next, effects } = stepReach(state, event, { nowMs: clock.monotonicMs(), random: options.random() })
    state = next
    for (const effect of effects) perform(effect)
    if (relayStatus(state) !== before) options.changed()
  }

  const perform = (effect: ReachEffect): void => {
    switch (effect.kind) {
      case 'connect-relay':
        void connectRelay()
        break
      case 'dial':
        void dial(effect.tab, effect.via, effect.timeoutMs)
        break
      case 'reserve':
        mesh.reserve(effect.carrier).catch(() => feed({ kind: 'reserve-failed', carrier: effect.carrier }))
        break
      case 'release':
        break // Reservations lapse by themselves and cost the carrier one map entry.
      case 'probe':
        void probe(effect.tab)
        break
      case 'unreached':
        options.onUnreached()
        break
      case 'all-reached':
        options.onAllReached()
        break
      case 'lost':
        options.onSilent(effect.tab)
        break
      case 'forget':
      case 'hang-up':
        mesh.hangUp(effect.tab)
        break
      case 'wake-at':
        cancelWake()
        cancelWake = clock.after(Math.max(0, effect.ms - clock.monotonicMs()), () => feed({ kind: 'tick' }))
        break
      default:
        effect satisfies never
    }
  }

  const probe = async (tab: TabId): Promise<void> => {
    if (!(await mesh.isAlive(tab))) feed({ kind: 'silent', tab })
  }

  const connectRelay = async (): Promise<void> => {
    try {
      await mesh.connectRelay(() => feed({ kind: 'relay-lost' }))
      feed({ kind: 'relay-connected' })
    } catch {
      feed({ kind: 'relay-lost' })
    }
  }

  const dial = async (tab: TabId, via: Via, timeoutMs: number): Promise<void> => {
    const isOpen = mesh.isConnected(tab)
    try {
      if (!isOpen) await mesh.dial(tab, via, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
      else greet(tab)
      dialed.set(tab, via)
    } catch {
      feed({ kind: 'dial-failed', tab, via })
    }
  }

  /** The lower id opens the stream; the other gives it the time of a hello. A connection that came meanwhile has a time of its own. */
  const greet = (tab: TabId): void => {
    if (greeting.has(tab) || connected.has(tab)) return
    const turn = ++greets
    turns.set(tab, turn)
    const giveUp = () => {
      if (turns.get(tab) === turn && !connected.has(tab) && !greeting.has(tab)) mesh.hangUp(tab)
    }
    clock.after(HELLO_TIMEOUT_MS, giveUp)
    if (mesh.self < tab) void mesh.open(tab, HELLO_PROTOCOL, { maxFrameBytes: CONTROL_FRAME_BYTES, signal }).then(sayHello, giveUp)
  }

  const sayHello = async (stream: FrameStream): Promise<void> => {
    const tab = stream.peer
    if (greeting.has(tab)) return stream.abort(new RoomError('frame-malformed', 'one hello at a time'))
    greeting.add(tab)
    const result = await options.hello(stream)
    greeting.delete(tab)
    if (signal.aborted) return
    if (result.kind === 'done' && mesh.isConnected(tab)) {
      connected.set(tab, result.device)
      feed({ kind: 'connected', tab })
      return options.onConnected(tab, result.device)
    }
    if (result.kind === 'refused') {
      options.onRefused(result)
      if (result.reason !== 'closed' && result.reason !== 'timeout') feed({ kind: 'refused', tab })
    }
    mesh.hangUp(tab)
  }

  const stopConnections = mesh.onConnection(({ kind, peer }) => {
    if (isRelay(peer)) return
    if (kind === 'opened') return greet(peer)
    const via = dialed.get(peer)
    dialed.delete(peer)
    turns.delete(peer)
    if (via !== undefined && !connected.has(peer)) feed({ kind: 'dial-failed', tab: peer, via })
    if (!connected.delete(peer)) return
    feed({ kind: 'disconnected', tab: peer })
    options.onDisconnected(peer)
  })
  const stopHellos = mesh.handle(HELLO_PROTOCOL, { maxFrameBytes: CONTROL_FRAME_BYTES }, (stream) => void sayHello(stream))
  signal.addEventListener('abort', () => {
    cancelWake()
    stopConnections()
    stopHellos()
  })
  feed({ kind: 'started' })

  return {
    feed,
    connected: () => connected,
    relay: () => relayStatus(state),
  }
}

/** Trying again is no news: what was unreachable stays so until it answers. */
function relayStatus({ relay, relayFailures }: ReachState): RelayStatus {
  if (relay.kind === 'connected') return 'connected'
  return relayFailures === 0 ? 'connecting' : 'unreachable'
}
