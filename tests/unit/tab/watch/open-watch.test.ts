import { expect, test } from 'vitest'
import type { Call, RoomFile, SessionParticipant, SessionState } from '../../../../src/ports/asterism.ts'
import type { Show } from '../../../../src/protocol/control.ts'
import { RoomError } from '../../../../src/protocol/errors.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { WATCH_CHANGE_MS } from '../../../../src/protocol/limits.ts'
import { openWatch, type WatchParts } from '../../../../src/tab/watch/open-watch.ts'
import { sideTalkOf } from './side-pair.ts'

const [ANN, BEN] = ['ann', 'ben'] as DeviceId[] as [DeviceId, DeviceId]
const FILM = 'AAAAAAAAAAAAAAAAAAAAAA'

type Said = { by: DeviceId; show: Show | undefined; atMs: number }

/** Two tabs in a call; what each says is what holds for both, 5 ms later. */
function together() {
  const { ann, ben, clock, run } = sideTalkOf(ANN as string as TabId, BEN as string as TabId, 5)
  const inside = new Set<DeviceId>([ANN, BEN])
  const shows = new Map<DeviceId, Show>()
  const said: Said[] = []
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of [...listeners]) listener()
  }
  const stateOf = (me: DeviceId): SessionState => {
    const people = [...inside].map((device) => ({ device, tabs: [device as string as TabId], isMe: device === me, place: 'in' }))
    const all = [...shows].filter(([by]) => inside.has(by)).sort(([, a], [, b]) => b.begunAtMs - a.begunAtMs)
    const [on] = all
    return { participants: people as unknown as readonly SessionParticipant[], watch: on && { ...on[1], by: on[0] } } as SessionState
  }
  const open = (me: DeviceId, side: WatchParts['side'], other: DeviceId) => {
    let screen: Call['self']['screen'] = { kind: 'off' }
    const tell = (show: Show | undefined) => {
      said.push({ by: me, show, atMs: clock.nowMs() })
      if (show === undefined) shows.delete(me)
      else shows.set(me, show)
      clock.after(5, changed)
    }
    const parts = {
      side,
      clock,
      signal: new AbortController().signal,
      random: (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)),
      presence: { self: { tab: me as string as TabId, device: me } },
      files: { list: () => [{ id: FILM } as RoomFile] },
      call: {
        get state() {
          return inside.has(me) ? 'in' : 'out'
        },
        get self() {
          return { screen }
        },
        setScreen: async (on: boolean) => {
          screen = { kind: on ? 'on' : 'off' }
          changed()
        },
        subscribe: () => () => {},
      },
      session: {
        get state() {
          return stateOf(me)
        },
        tellWatch: async (show: Show | undefined) => tell(show),
        endWatch: async () => {
          if (me !== BEN) throw new RoomError('role-refused')
          shows.delete(other)
          changed()
        },
        subscribe(listener: () => void) {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
    }
    return { watch: openWatch(parts as unknown as WatchParts), call: parts.call }
  }
  const [anns, bens] = [open(ANN, ann as WatchParts['side'], BEN), open(BEN, ben as WatchParts['side'], ANN)]
  const step = async (ms: number) => {
    for (let at = 0; at < ms; at += 5) {
      run(5)
      await Promise.resolve()
      await Promise.resolve()
    }
  }
  const leave = (device: DeviceId) => {
    inside.delete(device)
    changed()
  }
  return { ann: anns, ben: bens, said, step, leave, clock, on: () => stateOf(ANN).watch }
}

const codeOf = (deed: Promise<unknown>) =>
  deed.then(
    () => 'done',
    (error: unknown) => (error as RoomError).code,
  )

test('[WATCH-7] what is shown is there, and only who is in the call shows', async () => {
  const { ann, leave } = together()
  expect(await codeOf(ann.watch.show({ kind: 'file', file: 'another' }))).toBe('file-not-found')
  leave(ANN)
  expect(await codeOf(ann.watch.show({ kind: 'file', file: FILM }))).toBe('role-refused')
  expect(await codeOf(ann.watch.takeOver())).toBe('role-refused')
})

test('[WATCH-7] only who shows it changes it, and what breaks the form is refused before it is told', async () => {
  const { ann, ben, said, step } = together()
  expect(await codeOf(ann.watch.change({ isPlaying: false }))).toBe('role-refused')
  await ann.watch.show({ kind: 'file', file: FILM })
  await step(300)
  expect(await codeOf(ben.watch.change({ isPlaying: false }))).toBe('role-refused')
  expect(await codeOf(ann.watch.change({ rate: 33.3 }))).toBe('frame-malformed')
  expect(said).toHaveLength(1)
})

test('[WATCH-3] both know where it is, by the clock of who shows it', async () => {
  const { ann, ben, step } = together()
  expect(ben.watch.positionMs()).toBeUndefined()
  await ann.watch.show({ kind: 'file', file: FILM })
  await step(1_000)
  expect(ann.watch.positionMs()).toBe(1_000)
  expect(ben.watch.positionMs()).toBeCloseTo(1_000, 0)
  expect(ben.watch.clock(ANN as string as TabId)).toEqual({ aheadMs: 0, withinMs: expect.closeTo(5, 0) })
})

test('[WATCH-8] a slider that is dragged is told a few times a second, and where it was let go', async () => {
  const { ann, said, step } = together()
  await ann.watch.show({ kind: 'file', file: FILM })
  await step(500)
  const drags: Promise<void>[] = []
  for (let n = 1; n <= 50; n++) {
    drags.push(ann.watch.change({ positionMs: n * 1_000 }))
    await step(20)
  }
  await step(WATCH_CHANGE_MS)
  await Promise.all(drags)
  const told = said.slice(1)
  expect(told.length).toBeLessThanOrEqual(1_000 / WATCH_CHANGE_MS + 2)
  expect(told[0]?.show?.positionMs).toBe(1_000)
  expect(told.at(-1)?.show?.positionMs).toBe(50_000)
  for (const [n, one] of told.entries()) expect(one.atMs - (told[n - 1]?.atMs ?? 0)).toBeGreaterThanOrEqual(WATCH_CHANGE_MS)
})

test('[WATCH-9] who is superseded withdraws: what they showed does not come back when the other ends', async () => {
  const { ann, ben, said, step, on } = together()
  await ann.watch.show({ kind: 'file', file: FILM })
  await step(1_000)
  await ben.watch.takeOver()
  await step(100)
  expect(on()).toMatchObject({ by: BEN })
  expect(said.at(-1)).toMatchObject({ by: ANN, show: undefined })
  expect(ann.watch.positionMs()).toBeCloseTo(1_100, 0)
  await ben.watch.end()
  await step(100)
  expect([on(), ann.watch.left, ben.watch.left]).toEqual([undefined, undefined, undefined])
})

test('[WATCH-9] what a shower who left was showing stands where it was, until somebody goes on with it', async () => {
  const { ann, ben, step, leave, on } = together()
  await ann.watch.show({ kind: 'file', file: FILM })
  await step(2_000)
  leave(ANN)
  await step(5_000)
  expect(on()).toBeUndefined()
  expect(ben.watch.left).toMatchObject({ by: ANN, isPlaying: false })
  expect(ben.watch.positionMs()).toBeCloseTo(2_000, -1)
  await ben.watch.takeOver()
  await step(500)
  expect(on()).toMatchObject({ by: BEN, isPlaying: true })
  expect(ben.watch.left).toBeUndefined()
  expect(ben.watch.positionMs()).toBeCloseTo(2_500, -1)
})

test('[WATCH-7] a screen is asked for, ends with its sharing, and is nobody else’s to take over', async () => {
  const { ann, ben, step, on } = together()
  await ann.watch.show({ kind: 'share' })
  await step(50)
  expect(ann.call.self.screen.kind).toBe('on')
  expect(on()?.source.kind).toBe('share')
  expect(await codeOf(ben.watch.takeOver())).toBe('role-refused')
  await ann.call.setScreen(false)
  await step(50)
  expect(on()).toBeUndefined()
})
