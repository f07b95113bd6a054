/** Pairing between tabs that are connected with each other: honest ones, mistaken ones, and one that listens. */
import { expect, test } from 'vitest'
import type { Link } from '../../../../src/ports/link.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { PAIR_ANSWER_MS, PAIR_MS } from '../../../../src/protocol/limits.ts'
import type { SideMessage } from '../../../../src/protocol/side-talk.ts'
import { Pairing } from '../../../../src/tab/companion/pairing.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

type End = {
  readonly device: DeviceId
  readonly tab: TabId
  readonly pairing: Pairing
  readonly accepted: DeviceId[]
  readonly heard: SideMessage[]
}

/** All are connected with all, each with a device of its own. */
function devices(count: number) {
  const clock = new ManualClock()
  const ends: End[] = []
  const name = (n: number) => ({ device: `device ${n}` as DeviceId, tab: `tab ${n}` as TabId })
  /** Ways that nothing passes: `tab`, from device number. */
  const lost = new Set<string>()
  const tell = (from: number, tab: TabId, message: SideMessage) => {
    const to = lost.has(`${from} ${tab}`) ? undefined : ends.find((one) => one.tab === tab)
    to?.heard.push(message)
    void to?.pairing.hear(name(from), message)
    return to !== undefined
  }
  for (let n = 0; n < count; n++) {
    const accepted: DeviceId[] = []
    const pairing = new Pairing({
      me: name(n).device,
      links: {
        all: () => ends.filter((_, other) => other !== n).map(({ device, tab }) => ({ peer: tab, device, state: 'connected' }) as Link),
      },
      side: { tell: (tab, message) => tell(n, tab, message) },
      clock,
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      accepted: (device) => accepted.push(device),
      changed: () => {},
    })
    ends.push({ ...name(n), pairing, accepted, heard: [] })
  }
  /** What nobody answers is given up by the clock. */
  const ask = async (end: End, code: string) => {
    let found: DeviceId | undefined | 'asking' = 'asking'
    void end.pairing.ask(code).then((device) => {
      found = device
    })
    for (let look = 0; look < 100 && found === 'asking'; look++) {
      await new Promise((done) => setTimeout(done, 5))
      if (look === 40) clock.advance(PAIR_ANSWER_MS)
    }
    return found
  }
  return { clock, ends: ends as [End, End, End, ...End[]], ask, tell, lost }
}

const another = (code: string) => (code === '111111' ? '222222' : '111111')

test('[COMPANION-7] the right code finds the one that shows it among many, once', async () => {
  const { ends, ask } = devices(4)
  const [phone, , screen, guest] = ends as unknown as [End, End, End, End]
  const code = screen.pairing.offer()
  expect(await ask(phone, code)).toBe(screen.device)
  expect([screen.accepted, screen.pairing.code]).toEqual([[phone.device], undefined])
  expect(await ask(guest, code)).toBeUndefined()
  expect(screen.accepted).toEqual([phone.device])
})

test('[COMPANION-2] after three wrong codes not even the right one is answered, and a new offer is', async () => {
  const { ends, ask } = devices(3)
  const [phone, screen] = ends
  const code = screen.pairing.offer()
  for (let n = 0; n < 3; n++) expect(await ask(phone, another(code))).toBeUndefined()
  expect(await ask(phone, code)).toBeUndefined()
  expect(screen.accepted).toEqual([])
  expect(await ask(phone, screen.pairing.offer())).toBe(screen.device)
}, 20_000)

test('[COMPANION-1] an old code, and one that was taken back, pairs nobody', async () => {
  const { ends, ask, clock } = devices(3)
  const [phone, screen] = ends
  const code = screen.pairing.offer()
  clock.advance(PAIR_MS)
  expect(screen.pairing.code).toBeUndefined()
  expect(await ask(phone, code)).toBeUndefined()
  const next = screen.pairing.offer()
  screen.pairing.withdraw()
  expect(await ask(phone, next)).toBeUndefined()
})

test('[COMPANION-8] a tab that is asked and does not show the code cannot use what it heard at the one that does', async () => {
  const { ends, ask, tell, lost } = devices(3)
  const [phone, screen, thief] = ends
  const code = screen.pairing.offer()
  lost.add(`0 ${screen.tab}`)
  const hearing = ask(phone, code)
  await expect.poll(() => thief.heard.length).toBe(1)
  // It passes on what it heard as its own, and back what it is answered.
  tell(2, screen.tab, thief.heard[0] as SideMessage)
  await expect.poll(() => thief.heard.find(({ t }) => t === 'pair-answer')).toBeDefined()
  tell(2, phone.tab, thief.heard.find(({ t }) => t === 'pair-answer') as SideMessage)
  expect(await hearing).toBeUndefined()
  expect([screen.accepted, thief.heard.map(({ t }) => t)]).toEqual([[], ['pair', 'pair-answer']])
  lost.clear()
  expect(await ask(phone, code)).toBe(screen.device)
})

test('[COMPANION-7] a proof that was sent twice, or by another, is none', async () => {
  const { ends, tell } = devices(3)
  const [phone, screen] = ends
  const code = screen.pairing.offer()
  const asking = phone.pairing.ask(code)
  expect(await asking).toBe(screen.device)
  const proof = screen.heard.find(({ t }) => t === 'pair-proof') as SideMessage
  screen.pairing.offer()
  tell(0, screen.tab, proof)
  tell(2, screen.tab, proof)
  expect(screen.accepted).toEqual([phone.device])
})
