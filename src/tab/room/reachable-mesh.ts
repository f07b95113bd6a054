/** The mesh as reach sees it: the relay found, dialed and told of this tab in one deed, and its list as news. */

import type { Via } from '../../core/room/reach.ts'
import { seal, unseal } from '../../pipeline/seal.ts'
import { sha256 } from '../../pipeline/sha256.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { RoomId, TabId } from '../../protocol/ids.ts'
import { DIAL_TIMEOUT_MS } from '../../protocol/limits.ts'
import type { RelayCard } from '../../protocol/relay-card.ts'
import { type RendezvousRecord, type TabCard, tabCard } from '../../protocol/rendezvous.ts'
import { WIRE } from '../../protocol/wire-version.ts'
import type { Mesh } from '../mesh/open-mesh.ts'
import { type RelayAddress, relayAddress } from '../mesh/relay-address.ts'
import { findRelay } from '../relay-client/find-relay.ts'
import { joinRendezvous, type RendezvousNews } from '../relay-client/join-rendezvous.ts'
import type { Reachable } from './reach-driver.ts'
import type { RoomKeys } from './room-keys.ts'

export type ReachableMesh = Reachable & {
  isRelay(peer: TabId): boolean
  /** This tab's network as a value of this room alone; undefined until a relay told it. */
  segment(): Bytes | undefined
}

export function reachableMesh(options: {
  mesh: Mesh
  origin: string
  keys: RoomKeys
  /** One list for every connection of this tab, read when one is made; what the relay says of TURN is put in place here. */
  iceServers: RTCIceServer[]
  clock: Clock
  signal: AbortSignal
  /** `isNew`: it came to the relay after this tab. */
  listed: (tab: TabId, isNew: boolean) => void
  unlisted: (tab: TabId) => void
}): ReachableMesh {
  const { mesh, origin, keys, iceServers, clock, signal } = options
  let relay: RelayAddress | undefined
  let segment: Bytes | undefined

  let stopRenewing = () => {}
  signal.addEventListener('abort', () => stopRenewing())

  /** Asked for again at a third of its life: a relay that is away for a moment is asked twice more. */
  const takeTurn = (turn: RelayCard['turn']): void => {
    if (turn === undefined || signal.aborted) return
    iceServers.splice(0, iceServers.length, turn)
    const renew = () =>
      void findRelay(origin, signal).then(
        (card) => takeTurn(card.turn ?? turn),
        () => takeTurn(turn),
      )
    stopRenewing()
    stopRenewing = clock.after((turn.forSeconds * 1000) / 3, renew)
  }

  const take = async (record: RendezvousRecord, isNew: boolean): Promise<void> => {
    const card = await openCard(keys, record)
    if (card !== undefined && card.tab !== mesh.self) options.listed(card.tab, isNew)
  }

  const takeNews = async (news: RendezvousNews): Promise<void> => {
    if (news.kind === 'listed') await take(news.record, news.isNew)
    else if (news.kind === 'unlisted') options.unlisted(news.tab)
    else segment = await segmentInRoom(keys.roomId, news.segment)
  }

  return {
    ...mesh,
    isRelay: (peer) => peer === relay?.peer,
    segment: () => segment,

    async connectRelay(lost) {
      const attempt = AbortSignal.any([signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)])
      const card = await findRelay(origin, attempt)
      takeTurn(card.turn)
      const found = relayAddress(origin, card.peerId)
      relay = found
      await mesh.connectRelay(found, attempt)
      const sealed = await seal(
        keys.rendezvous,
        encodeFrame({ tab: mesh.self, wire: WIRE, atMs: clock.nowMs() }),
        recordContext(keys, mesh.self),
      )
      void joinRendezvous({
        wire: mesh,
        relay: found.peer,
        keys,
        sealed,
        signal,
        onNews: (news) => void takeNews(news),
      })
        .catch(() => mesh.hangUp(found.peer))
        .finally(lost)
    },

    async dial(tab: TabId, via: Via, dialSignal: AbortSignal) {
      const through = via.kind === 'carrier' ? via.tab : relay
      if (through === undefined) throw new RoomError('relay-unreachable')
      await mesh.dial(tab, through, dialSignal)
    },
  }
}

/** A record that was not sealed with the room's key for that very tab is not from a member. */
async function openCard(keys: RoomKeys, record: RendezvousRecord): Promise<TabCard | undefined> {
  const plain = await unseal(keys.rendezvous, record.sealed, recordContext(keys, record.tab))
  const parsed = plain && parseFrame(plain, tabCard)
  return parsed?.kind === 'ok' && parsed.message.tab === record.tab ? parsed.message : undefined
}

/** The relay's value is the same in every room: hashed with the room, members of two rooms cannot compare theirs. */
async function segmentInRoom(room: RoomId, segment: Bytes): Promise<Bytes> {
  return (await sha256(encodeFrame(['asterism segment 1', room, segment]))).slice(0, segment.byteLength)
}

function recordContext(keys: RoomKeys, tab: TabId): Bytes {
  return encodeFrame(['asterism card 1', keys.roomId, tab])
}
