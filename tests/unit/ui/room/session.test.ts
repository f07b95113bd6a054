import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Asterism, Room } from '../../../../src/ports/asterism.ts'
import { RoomError } from '../../../../src/protocol/errors.ts'
import { fakeRoom, LINK } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import { Session } from '../../../../src/ui/room/session.svelte.ts'

const FIRST = LINK.slice(LINK.indexOf('#'))
const SECOND = FIRST.replace('AAAA.', 'AAAQ.')

type Visit = {
  readonly link: string
  readonly enter: () => Promise<void>
  readonly refuse: (error: Error) => Promise<void>
  readonly leave: () => void
}

/** Rooms that open when the test says so. */
function town() {
  const visits: Visit[] = []
  const open = (link: string) =>
    new Promise<Room>((resolve, reject) => {
      const leave = vi.fn(() => Promise.resolve())
      const settle = () => new Promise<void>((done) => setTimeout(done))
      const room: Room = { ...fakeRoom(), link: `https://here.example/${link}`, leave }
      const enter = () => {
        resolve(room)
        return settle()
      }
      const refuse = (error: Error) => {
        reject(error)
        return settle()
      }
      visits.push({ link, leave, enter, refuse })
    })
  const asterism = { start: () => open(FIRST), join: (link: string) => open(link) } as unknown as Asterism
  const goTo = vi.fn()
  return { visits, goTo, session: new Session(() => Promise.resolve(asterism), goTo) }
}

const next = () => new Promise<void>((done) => setTimeout(done))

beforeEach(() => {
  const values = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => values.set(key, value),
    removeItem: (key: string) => values.delete(key),
  })
})
afterEach(() => vi.unstubAllGlobals())

test('[UI-3] a link opened over another one wins, and the room that comes late is left at once', async () => {
  const { session, visits } = town()
  void session.open(FIRST)
  await next()
  void session.open(SECOND)
  await next()
  await visits[1]?.enter()
  await visits[0]?.enter()
  expect(visits[0]?.leave).toHaveBeenCalledOnce()
  expect(visits[1]?.leave).not.toHaveBeenCalled()
  expect(session.state).toMatchObject({ kind: 'in', room: { link: `https://here.example/${SECOND}` } })
})

test('[UI-3] going elsewhere leaves the room', async () => {
  const { session, visits } = town()
  void session.open(FIRST)
  await next()
  await visits[0]?.enter()
  session.close()
  expect(visits[0]?.leave).toHaveBeenCalledOnce()
  expect(session.state.kind).toBe('none')
})

test('[UI-3] starting a room puts its link into the address, and that address enters nothing twice', async () => {
  const { session, visits, goTo } = town()
  void session.start()
  await next()
  await visits[0]?.enter()
  expect(goTo).toHaveBeenCalledWith(FIRST)
  await session.open(FIRST)
  expect(visits).toHaveLength(1)
  expect(session.state).toMatchObject({ kind: 'in', door: false })
})

test('[UI-4] a link asks at the door; after stepping in, a reload does not', async () => {
  const { session, visits } = town()
  void session.open(FIRST)
  await next()
  await visits[0]?.enter()
  expect(session.state).toMatchObject({ kind: 'in', door: true })
  session.stepIn()
  const reloaded = town()
  void reloaded.session.open(FIRST)
  await next()
  await reloaded.visits[0]?.enter()
  expect(reloaded.session.state).toMatchObject({ kind: 'in', door: false })
})

test('[UI-4] after leaving, the same link asks at the door again', async () => {
  const { session, visits } = town()
  void session.start()
  await next()
  await visits[0]?.enter()
  session.leave()
  expect(session.state).toMatchObject({ kind: 'left', fragment: FIRST })
  session.rejoin()
  await next()
  await visits[1]?.enter()
  expect(session.state).toMatchObject({ kind: 'in', door: true })
})

test('[UI-1] a wrong secret ends in its sentence', async () => {
  const { session, visits } = town()
  void session.open(FIRST)
  await next()
  const error = new RoomError('link-wrong-secret')
  await visits[0]?.refuse(error)
  expect(session.state).toMatchObject({ kind: 'failed', sentence: error.message, isLinkBad: true })
})
