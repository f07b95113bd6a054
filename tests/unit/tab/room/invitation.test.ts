import { expect, test } from 'vitest'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { homeMark, parseRoomLink } from '../../../../src/protocol/room-link.ts'
import { invitationOf } from '../../../../src/tab/room/invitation.ts'
import { linkPair } from '../../../twins/link.ts'

const LINK = 'https://example.org/#/r/AQEBAQEBAQEBAQEBAQEBAQ.ExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExM'
const ANN = 'ann' as DeviceId
const linkTo = (name: string, rttMs: number | undefined, state = 'connected') =>
  Object.assign(linkPair({ tab: 'a' as TabId, device: ANN }, { tab: name as TabId, device: name as DeviceId })[0], { rttMs, state })

test('[BALANCE-27] an invitation names who gives it and those nearest who are there', () => {
  const links = [
    linkTo('far', 90),
    linkTo('near', 4),
    linkTo('gone', 1, 'healing'),
    linkTo('new', undefined),
    linkTo('mid', 30),
    linkTo('out', 99),
  ]
  const homes = parseRoomLink(invitationOf(LINK, ANN, links))?.homes
  expect(homes).toEqual(['ann', 'near', 'mid', 'far'].map((name) => homeMark(name as DeviceId)))
  expect(parseRoomLink(invitationOf(LINK, ANN, []))?.homes).toEqual([homeMark(ANN)])
})
