/** How this device gets to others: the relay that introduces, the ways out of this network, and the way to each who is here. */
import type { NatKind } from '../balance/network-profile.ts'
import { wayName } from './call-by-number.ts'
import { type CheckLine, type CheckResult, line, type NetworkFound, type WayFound } from './findings.ts'

const RELAY_SLOW_MS = 500
const RTT_SLOW_MS = 250
const LOSS_POOR_PER_MILLE = 30

const NATS: Readonly<Record<NatKind, readonly [CheckResult, string]>> = {
  open: ['good', 'Others reach this device as it is.'],
  'same-port': ['good', 'Others find this device behind its router.'],
  'new-port': ['poor', 'This router hides the device behind a new number each time: to some others everything has to be passed on.'],
  closed: ['poor', 'Nobody outside answered over UDP. A firewall may hold calls back; in the same network they work.'],
  unknown: ['good', 'Too few servers were asked to tell; the ways to each other below are what counts.'],
}

export function describeNetwork({ relayMs, candidates, nat, hasStun, hasTurn }: NetworkFound): readonly CheckLine[] {
  const kinds = new Set(candidates)
  return [
    relayMs === undefined
      ? line('network', 'Relay', 'missing', 'It did not answer. Who is here stays connected; nobody new can come in until it does.')
      : relayMs > RELAY_SLOW_MS
        ? line('network', 'Relay', 'poor', `It answered after ${relayMs} ms: coming in takes longer, calls do not pass it.`)
        : line('network', 'Relay', 'good', `It answered after ${relayMs} ms.`),
    kinds.has('host')
      ? line('network', 'Own network', 'good', 'Devices in the same network can be reached straight.')
      : line('network', 'Own network', 'missing', 'The browser gives no way out at all. A setting or an extension blocks calls (WebRTC).'),
    !hasStun
      ? line(
          'network',
          'Outer network',
          'poor',
          'This page knows no server that tells the outer address: calls beyond this network may not come about.',
        )
      : kinds.has('srflx')
        ? line('network', 'Outer network', 'good', 'This device has a way out of its network.')
        : line(
            'network',
            'Outer network',
            nat === 'open' ? 'good' : 'poor',
            nat === 'open' ? 'There is nothing in between.' : 'No way out was found. Another network, a phone’s for one, may do.',
          ),
    line('network', 'Router', ...NATS[nat]),
    !hasTurn
      ? line(
          'network',
          'Passing on by a server',
          'poor',
          'This page has none (TURN). Where no straight way is found, another member passes things on.',
        )
      : kinds.has('relay')
        ? line('network', 'Passing on by a server', 'good', 'Where no straight way is found, the server passes everything on, sealed.')
        : line(
            'network',
            'Passing on by a server',
            'poor',
            'It is there and did not answer. Where no straight way is found, another member passes things on.',
          ),
  ]
}

/** Nobody is named: the reader's page knows who it is, and a report does not tell. */
export function describeWays(ways: readonly WayFound[]): readonly CheckLine[] {
  return ways.map((way, nth) => ({ ...line('network', wayName(nth), ...describeWay(way)), tab: way.tab }))
}

function describeWay({ state, path, rttMs, lostPerMille }: WayFound): readonly [CheckResult, string] {
  if (state !== 'connected') return ['missing', 'Not connected now; it is tried again by itself.']
  const isPoor = (rttMs ?? 0) > RTT_SLOW_MS || (lostPerMille ?? 0) > LOSS_POOR_PER_MILLE
  const loss = lostPerMille === undefined ? '' : `, ${(lostPerMille / 10).toFixed(1)} % lost`
  const way = path === 'direct' ? 'Straight' : path === 'relayed' ? 'Passed on by a server' : 'Connected'
  const facts = `${way}${rttMs === undefined ? '' : `, ${Math.round(rttMs)} ms there and back`}${loss}.`
  return isPoor ? ['poor', `${facts} Their pictures may be smaller; a cable in place of Wi-Fi helps.`] : ['good', facts]
}
