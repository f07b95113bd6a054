import { describe, expect, test } from 'vitest'
import type { ReachEvent } from '../../../../src/core/room/reach.ts'
import { waitAfterFailure } from '../../../../src/core/room/reach-plan.ts'
import { isUnreachedNow } from '../../../../src/core/room/unreached.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import {
  DIAL_TIMEOUT_MS,
  GOODBYE_MS,
  HELLO_TIMEOUT_MS,
  KNOWN_TABS,
  NEWCOMER_DIALS_MS,
  REDIAL_MAX_MS,
  REDIAL_MIN_MS,
  REFUSED_WAIT_MS,
  UNREACHED_DIALS,
  UNREACHED_MS,
  YIELD_DIAL_MS,
} from '../../../../src/protocol/limits.ts'
import {
  ann,
  ben,
  cleo,
  connected,
  dan,
  eve,
  failed,
  heard,
  inRoom,
  listed,
  listedLater,
  relay,
  tab,
  tabAt,
  through,
  unheard,
} from './reach-tab.ts'

/** Each dial to the other ends when its time is over. */
function toldAfterMs(self: TabId, other: TabId, found: typeof listed): number {
  const here = tabAt(self)
  here.feed({ kind: 'started' }, { kind: 'relay-connected' }, found(other))
  let endsAtMs = Number.POSITIVE_INFINITY
  for (let nowMs = 0; nowMs < 120_000; nowMs += 250) {
    for (const effect of here.look()) {
      if (effect.kind === 'unreached') return nowMs
      if (effect.kind === 'dial') endsAtMs = nowMs + effect.timeoutMs
    }
    here.pass(250)
    if (nowMs + 250 < endsAtMs) continue
    endsAtMs = Number.POSITIVE_INFINITY
    here.feed(failed(other))
  }
  return Number.POSITIVE_INFINITY
}

describe('finding each other', () => {
  test('[REACH-1] the lower id dials at once', () => {
    const here = inRoom(ann, eve)
    here.feed(heard(ben, eve))
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: through(eve) }])
  })

  test('[REACH-1] the higher id waits, and dials when nothing came', () => {
    const here = inRoom(ben, eve)
    here.feed(heard(ann, eve))
    here.pass(YIELD_DIAL_MS - 1)
    expect(here.dials()).toEqual([])
    here.pass(1)
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ann, via: through(eve) }])
  })

  test('[REACH-1] the higher id does not dial who came in time', () => {
    const here = inRoom(ben, eve)
    here.feed(heard(ann, eve), connected(ann))
    here.pass(60_000)
    expect(here.dials()).toEqual([])
  })

  test('[REACH-22] somebody at the relay whom dials do not reach is told of once, and again after having been here', () => {
    const here = tabAt(ann)
    const told = () => here.look().filter(({ kind }) => kind === 'unreached' || kind === 'all-reached')
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
    here.pass(UNREACHED_MS - 1)
    expect(told()).toEqual([])
    here.pass(20_000)
    here.feed(connected(ben), { kind: 'disconnected', tab: ben })
    expect(told()).toEqual([{ kind: 'unreached', tab: ben }, { kind: 'all-reached' }])
    here.pass(UNREACHED_MS - 1)
    expect(told()).toEqual([])
    here.pass(120_000)
    expect(told()).toEqual([{ kind: 'unreached', tab: ben }])
  })

  test('[REACH-22] people are told within 45 s, whoever was to dial first', () => {
    const told = [listed, listedLater].flatMap((found) => [toldAfterMs(ann, ben, found), toldAfterMs(ben, ann, found)])
    expect(Math.min(...told)).toBeGreaterThanOrEqual(UNREACHED_MS)
    expect(Math.max(...told)).toBeLessThan(45_000)
  })

  test('[REACH-22] one failed dial is not enough, nor are several at once', () => {
    const apart = { apartSinceMs: 0, isUnreached: false }
    expect(isUnreachedNow(apart, UNREACHED_DIALS - 1, 2 * UNREACHED_MS)).toBe(false)
    expect(isUnreachedNow(apart, UNREACHED_DIALS + 1, UNREACHED_MS - 1)).toBe(false)
    expect(isUnreachedNow(apart, UNREACHED_DIALS, UNREACHED_MS)).toBe(true)
  })

  test('[REACH-17] its own name in the list is no reason to dial', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ann), connected(ben), heard(ann, ben))
    expect([here.dials(), here.state().tabs.has(ann)]).toEqual([[], false])
  })
})

describe('trying again', () => {
  test('[REACH-2] waits double up to half a minute', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
    const waits: number[] = []
    for (let n = 0; n < 9; n++) {
      here.look()
      here.feed(failed(ben))
      let waitedMs = 0
      while (here.dials().length === 0) {
        here.pass(250)
        waitedMs += 250
      }
      waits.push(waitedMs)
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  test('[REACH-2] chance moves a wait by a quarter at most', () => {
    expect([waitAfterFailure(1, 0), waitAfterFailure(1, 0.999)]).toEqual([REDIAL_MIN_MS * 0.75, 625])
    expect(waitAfterFailure(1000, 0.5)).toBe(REDIAL_MAX_MS)
  })

  test('[REACH-16] a broken connection is dialed again within a second', () => {
    const here = inRoom(ann, ben)
    here.feed({ kind: 'disconnected', tab: ben })
    here.pass(1_000)
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: relay }])
  })

  test('[REACH-12] a dial that says nothing has failed', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
    here.look()
    here.pass(DIAL_TIMEOUT_MS + HELLO_TIMEOUT_MS + 1_000)
    expect(here.dials()).toEqual([{ kind: 'dial', tab: ben, via: relay }])
  })

  test('[REACH-21] a connected tab that the relay saw going is probed, one that is apart is not', () => {
    const here = inRoom(ann, ben)
    here.feed({ kind: 'peer-unlisted', tab: ben })
    expect(here.look().filter(({ kind }) => kind === 'probe')).toEqual([{ kind: 'probe', tab: ben }])
    here.feed(listed(cleo), { kind: 'peer-unlisted', tab: cleo })
    expect(here.kinds()).not.toContain('probe')
  })

  test('[REACH-23] who does not answer and is not listed is gone; who is listed again is hung up on and dialed anew', () => {
    const here = inRoom(ann, ben, cleo)
    here.feed({ kind: 'peer-unlisted', tab: ben }, { kind: 'peer-unlisted', tab: cleo }, listed(cleo))
    here.look()
    here.feed({ kind: 'silent', tab: ben }, { kind: 'silent', tab: cleo })
    const told = here.look().filter(({ kind }) => kind === 'lost' || kind === 'hang-up')
    expect(told).toEqual([
      { kind: 'lost', tab: ben },
      { kind: 'hang-up', tab: cleo },
    ])
    expect([...here.state().tabs.keys()]).toEqual([cleo])
    here.feed({ kind: 'disconnected', tab: cleo })
    here.pass(1_000)
    expect(here.dials()).toContainEqual({ kind: 'dial', tab: cleo, via: relay })
  })

  test('[REACH-23] when the relay comes back all connected tabs are asked whether they are there, and not when it first comes', () => {
    const here = inRoom(ann, ben)
    expect(here.kinds()).not.toContain('probe')
    here.feed({ kind: 'relay-lost' }, { kind: 'relay-connected' })
    expect(here.look().filter(({ kind }) => kind === 'probe')).toEqual([{ kind: 'probe', tab: ben }])
  })

  test('[REACH-12] late and doubled reports change nothing', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben), failed(ben))
    const before = here.state()
    here.feed(
      failed(ben),
      failed(cleo),
      failed(ben, through(cleo)),
      { kind: 'disconnected', tab: ben },
      { kind: 'disconnected', tab: cleo },
    )
    expect(here.state()).toEqual(before)
  })

  test('[REACH-10] who was refused is left alone, whatever the hints', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben), { kind: 'refused', tab: ben })
    here.look()
    here.feed({ kind: 'woken' }, { kind: 'relay-lost' }, { kind: 'relay-connected' }, listed(ben))
    here.pass(REFUSED_WAIT_MS - 1)
    here.feed({ kind: 'woken' })
    expect(here.dials()).toEqual([])
    here.pass(YIELD_DIAL_MS)
    expect(here.dials()).toHaveLength(1)
  })

  test('[REACH-15] coming online tries everything now', () => {
    const here = tabAt(ann)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listed(ben))
    for (let n = 0; n < 6; n++) {
      here.feed(failed(ben))
      here.pass(REDIAL_MAX_MS)
    }
    here.feed(failed(ben))
    here.look()
    here.feed({ kind: 'woken' })
    expect(here.dials()).toHaveLength(1)
  })

  test('[REACH-14] a timer that fires early is set again', () => {
    const here = tabAt(ben)
    here.feed({ kind: 'started' }, { kind: 'relay-connected' }, listedLater(ann))
    here.look()
    here.feed({ kind: 'tick' })
    expect(here.look()).toEqual([{ kind: 'wake-at', ms: NEWCOMER_DIALS_MS }])
  })
})

describe('forgetting', () => {
  test('[REACH-8] goodbye is goodbye, and old news about it is ignored', () => {
    const here = inRoom(ann, ben, cleo)
    here.feed({ kind: 'goodbye', tab: ben })
    expect(here.look()).toContainEqual({ kind: 'forget', tab: ben })
    here.feed({ kind: 'disconnected', tab: ben }, heard(ben, cleo))
    here.pass(GOODBYE_MS)
    expect([here.dials(), here.state().tabs.has(ben)]).toEqual([[], false])
    here.feed(heard(ben, cleo))
    expect(here.dials()).toHaveLength(1)
  })

  test('[REACH-8] who comes back through the relay is dialed', () => {
    const here = inRoom(ann, ben)
    here.feed({ kind: 'goodbye', tab: ben })
    here.look()
    here.feed(listed(ben))
    expect(here.dials()).toHaveLength(1)
  })

  test('[REACH-9] a tab of which nobody speaks any more', () => {
    const here = inRoom(ann, ben, cleo)
    here.feed(heard(ben, cleo), { kind: 'disconnected', tab: ben }, { kind: 'peer-unlisted', tab: ben })
    expect(here.state().tabs.has(ben)).toBe(true)
    here.feed(unheard(ben, cleo))
    expect(here.look()).toContainEqual({ kind: 'forget', tab: ben })
    here.pass(120_000)
    expect(here.dials()).toEqual([])
  })

  test('[REACH-9] the word of a tab lapses with its connection', () => {
    const here = inRoom(ann, cleo)
    here.feed(heard(dan, cleo), { kind: 'disconnected', tab: cleo }, failed(dan, through(cleo)))
    expect(here.state().tabs.has(dan)).toBe(false)
  })

  test('[REACH-18] what a tab says replaces what it said before', () => {
    const here = inRoom(ann, eve)
    const sees = (...tabs: TabId[]): ReachEvent => ({ kind: 'peers-heard', by: eve, tabs: new Set(tabs) })
    here.feed(sees(ann, ben, cleo))
    expect(here.dials().map((effect) => effect.tab)).toEqual([ben, cleo])
    here.feed(failed(ben, through(eve)), failed(cleo, through(eve)), sees(ann, cleo))
    expect(here.look()).toContainEqual({ kind: 'forget', tab: ben })
    here.feed({ ...sees(dan), by: dan } as ReachEvent)
    expect([...here.state().tabs.keys()]).toEqual([eve, cleo])
  })

  test('[REACH-13] a member that makes up tabs fills no more than the table', () => {
    const here = inRoom(ann, eve)
    for (let n = 0; n < 2 * KNOWN_TABS; n++) here.feed(heard(tab(`ghost${n}`), eve))
    expect(here.state().tabs.size).toBe(KNOWN_TABS)
    here.feed(connected(ben))
    expect(here.state().tabs.get(ben)?.link.kind).toBe('connected')
  })
})
