import { expect, test } from 'vitest'
import { type AsideMessage, asideMessage } from '../../../../src/protocol/aside.ts'
import { encodeFrame, parseFrame } from '../../../../src/protocol/frame.ts'
import {
  ASIDE_AGAIN_MS,
  ASIDE_FRAME_BYTES,
  ASIDE_LATE_MS,
  ASIDE_TELL_MS,
  ASIDES,
  CHAT_TEXT_CHARS,
} from '../../../../src/protocol/limits.ts'
import { type Meeting, meetInCall, type Person } from '../../../twins/people-in-call.ts'

type Four = Meeting & { readonly olga: Person; readonly ann: Person; readonly ben: Person; readonly cleo: Person }

const BEDS = { id: 'beds', name: 'Beds' }
const FENCE = { id: 'fence', name: 'Fence' }
const IN_BEDS = { kind: 'sub-room', ...BEDS } as const

/** Olga's room: Ann and Ben talk about beds, Cleo about the fence. */
async function apart(): Promise<Four> {
  const meeting = await meetInCall()
  const [olga, ann, ben, cleo] = [
    await meeting.come('Olga'),
    await meeting.come('Ann'),
    await meeting.come('Ben'),
    await meeting.come('Cleo'),
  ]
  await olga.session.setSubRooms([BEDS, FENCE], { peopleMove: true })
  await olga.session.place([ann.device, ben.device], 'beds')
  await olga.session.place([cleo.device], 'fence')
  for (const one of [olga, ann, ben, cleo])
    await expect.poll(() => one.session.state.participants.filter(({ subRoom }) => subRoom !== undefined).length).toBe(3)
  return { ...meeting, olga, ann, ben, cleo }
}

const texts = ({ chat }: Person) => chat.messages.map(({ text }) => text)
const id = (n: number) => String(n).padStart(16, '0')
const said = (text: string, to: (AsideMessage & { t: 'aside' })['to'] = { kind: 'sub-room', id: 'beds' }, n = 1) =>
  encodeFrame({ t: 'aside', id: id(n), to, text } satisfies AsideMessage)

test('[CHAT-2] words of a side room come to those in it, over their own links, and to no log', async () => {
  const { room, sent, olga, ann, ben, cleo } = await apart()
  ann.chat.send('ten beds')
  expect([texts(ann), texts(ben)]).toEqual([['ten beds'], ['ten beds']])
  expect([texts(olga), texts(cleo), room.chat.messages()]).toEqual([[], [], []])
  expect(sent.map(({ from, to }) => `${from} to ${to}`)).toEqual(['Ann to Ben', 'Ben to Ann'])
  expect(ben.chat.messages).toEqual([
    { id: expect.any(String), from: ann.device, name: 'Ann', isMe: false, text: 'ten beds', atMs: 0, place: IN_BEDS, lacking: [] },
  ])
})

test('[CHAT-2] who comes into a side room later does not get what was said before', async () => {
  const { clock, come, olga, ann, ben, cleo } = await apart()
  ann.chat.send('ten beds')
  await olga.session.place([cleo.device], 'beds')
  await expect
    .poll(() => [ann, cleo].map(({ session }) => session.state.participants.filter(({ subRoom }) => subRoom === 'beds').length))
    .toEqual([3, 3])
  const dan = await come('Dan')
  await olga.session.place([dan.device], 'beds')
  await expect.poll(() => dan.session.state.subRoom).toBe('beds')
  clock.advance(ASIDE_TELL_MS)
  expect([texts(cleo), texts(dan)]).toEqual([[], []])
  await expect.poll(() => ben.chat.audience.names).toEqual(['Ann', 'Cleo', 'Dan'])
  ben.chat.send('or twelve')
  expect([texts(ann), texts(cleo), texts(dan)]).toEqual([['ten beds', 'or twelve'], ['or twelve'], ['or twelve']])
})

test('[CHAT-1] a whisper is written to one, and read by one', async () => {
  const { olga, ann, ben, cleo } = await apart()
  await cleo.session.whisper(ann.device)
  await expect
    .poll(() => [cleo, ann].map(({ session }) => session.state.participants.some(({ confides }) => confides.voice)))
    .toEqual([true, true])
  expect(cleo.chat.audience).toEqual({ kind: 'whisper', to: ann.device, name: 'Ann', names: ['Ann'] })
  cleo.chat.send('between us')
  expect([olga, ann, ben, cleo].map(texts)).toEqual([[], ['between us'], [], ['between us']])
  expect(ann.chat.messages[0]?.place).toEqual({ kind: 'whisper', to: ann.device, name: 'Ann' })
})

test('[CHAT-5] in the main room, outside the call and to the whole room everybody reads, also who comes later', async () => {
  const { come, olga, ann, ben, cleo } = await apart()
  expect(olga.chat.audience).toEqual({ kind: 'room', names: [] })
  olga.chat.send('to all')
  ann.chat.send('from the beds', 'room')
  ben.presence.setCall(null)
  expect(ben.chat.audience).toEqual({ kind: 'room', names: [] })
  ben.chat.send('from outside')
  const dan = await come('Dan')
  for (const one of [olga, ann, ben, cleo, dan]) expect(texts(one)).toEqual(['to all', 'from the beds', 'from outside'])
  expect(dan.chat.messages.map(({ place }) => place.kind)).toEqual(['room', 'room', 'room'])
})

test('[CHAT-3] a member elsewhere puts no word into a side room, whatever it claims', async () => {
  const { send, sent, olga, ann, ben, cleo } = await apart()
  send(cleo, ann, said('I am in your beds'))
  send(olga, ann, said('so am I, who owns the room'))
  send(cleo, ann, said('in mine', { kind: 'sub-room', id: 'fence' }))
  send(cleo, ann, said('whispered', { kind: 'whisper', to: ann.device }))
  send(cleo, ann, said('whispered by another', { kind: 'whisper', to: ben.device }))
  send(ben, ann, said('of another room', { kind: 'sub-room', id: 'fence' }))
  send(ben, ann, said('of no room', { kind: 'sub-room', id: 'cellar' }))
  expect(texts(ann)).toEqual([])
  // Nobody learns by an answer where she is.
  expect(sent.filter(({ from }) => from === 'Ann')).toEqual([])
  send(ben, ann, said('this is Ben'))
  expect(texts(ann)).toEqual(['this is Ben'])
})

test('[CHAT-3] who left the call or was removed says nothing in a side room any more', async () => {
  const { send, olga, ann, ben } = await apart()
  await olga.session.remove(ben.device)
  await expect.poll(() => ann.session.state.participants.find(({ device }) => device === ben.device)?.place).toBe('removed')
  send(ben, ann, said('still here'))
  await olga.session.admit([ben.device])
  await expect.poll(() => ann.session.state.participants.find(({ device }) => device === ben.device)?.place).toBe('in')
  ben.presence.setCall(null)
  send(ben, ann, said('from outside'))
  expect(texts(ann)).toEqual([])
})

test('[CHAT-3] nobody says for another that words came, and nobody changes words that came', async () => {
  const { send, setLine, clock, ann, ben, cleo } = await apart()
  setLine(ann, ben, false)
  ann.chat.send('for Ben')
  const [told] = ann.chat.messages
  send(cleo, ann, encodeFrame({ t: 'aside-read', id: told?.id.split('.').at(-1) as string } satisfies AsideMessage))
  clock.advance(ASIDE_LATE_MS)
  expect(ann.chat.messages[0]?.lacking).toEqual(['Ben'])
  setLine(ann, ben, true)
  send(ben, ann, said('yes', undefined, 7))
  send(ben, ann, said('no', undefined, 7))
  expect(texts(ann)).toEqual(['for Ben', 'yes'])
})

test('[CHAT-4] words that come before the act that allows them are told again, and come once', async () => {
  const { clock, sent, olga, ann, ben, cleo } = await apart()
  ann.hearsNoActs = true
  await olga.session.place([cleo.device], 'beds')
  await expect.poll(() => cleo.session.state.subRoom).toBe('beds')
  cleo.chat.send('here I am')
  expect([texts(ann), texts(ben)]).toEqual([[], ['here I am']])
  ann.hearsNoActs = false
  for (const frame of olga.session.log.frames()) await ann.session.log.take(frame, olga.tab)
  clock.advance(ASIDE_AGAIN_MS)
  expect([texts(ann), texts(ben)]).toEqual([['here I am'], ['here I am']])
  const before = sent.length
  clock.advance(ASIDE_TELL_MS)
  expect(sent.length).toBe(before)
})

test('[CHAT-4] an answer that is lost brings the words again, and they stand there once', async () => {
  const { clock, send, sent, ann, ben } = await apart()
  ann.chat.send('once')
  const [first] = sent
  send(ann, ben, first?.frame as Uint8Array)
  clock.advance(ASIDE_AGAIN_MS)
  expect(texts(ben)).toEqual(['once'])
  expect(sent.filter(({ from }) => from === 'Ben').length).toBe(2)
})

test('[CHAT-4] whom words do not reach is named to their writer, until they do', async () => {
  const { clock, setLine, ann, ben } = await apart()
  const lacking = () => ann.chat.messages.map((one) => one.lacking)
  setLine(ann, ben, false)
  ann.chat.send('hello?')
  expect(lacking()).toEqual([[]])
  clock.advance(ASIDE_LATE_MS)
  expect(lacking()).toEqual([['Ben']])
  setLine(ann, ben, true)
  clock.advance(ASIDE_AGAIN_MS)
  expect([lacking(), texts(ben)]).toEqual([[[]], ['hello?']])

  setLine(ann, ben, false)
  ann.chat.send('and now?')
  clock.advance(ASIDE_TELL_MS + ASIDE_AGAIN_MS)
  setLine(ann, ben, true)
  clock.advance(ASIDE_TELL_MS)
  expect([lacking(), texts(ben)]).toEqual([[[], ['Ben']], ['hello?']])
})

test('[CHAT-4] who went elsewhere before words reached them does not get them any more', async () => {
  const { clock, sent, setLine, olga, ann, ben, cleo } = await apart()
  await olga.session.place([cleo.device], 'beds')
  await expect.poll(() => ann.chat.audience.names).toEqual(['Ben', 'Cleo'])
  setLine(ann, ben, false)
  ann.chat.send('still in beds?')
  await olga.session.place([ben.device], undefined)
  await expect.poll(() => ann.chat.audience.names).toEqual(['Cleo'])
  setLine(ann, ben, true)
  clock.advance(ASIDE_AGAIN_MS)
  expect([texts(ben), ann.chat.messages[0]?.lacking, sent.filter(({ to }) => to === 'Ben')]).toEqual([[], ['Ben'], []])
})

test('[CHAT-6] what is for some stands among the rest where it came, and keeps its place when those before it went', async () => {
  const { room, olga, ann, ben } = await apart()
  ann.chat.send('first')
  olga.chat.send('to all')
  ben.chat.send('second')
  olga.chat.send('to all again')
  const all = ['first', 'to all', 'second', 'to all again']
  expect([texts(ann), texts(ben)]).toEqual([all, all])
  room.chat.dropFirst()
  expect(texts(ann)).toEqual(['first', 'second', 'to all again'])
})

test('[CHAT-6] the newest are kept', async () => {
  const { send, clock, ann, ben } = await apart()
  for (let n = 0; n < ASIDES + 3; n++) {
    // Few enough in a second for nobody to be cut.
    clock.advance(10)
    send(ben, ann, said(`${n}`, undefined, n))
  }
  expect([texts(ann).length, texts(ann)[0]]).toEqual([ASIDES, '3'])
})

test('[CHAT-6] what was said stays after everybody moved on, with the name that the side room had', async () => {
  const { olga, ann, ben } = await apart()
  ann.chat.send('ten beds')
  await olga.session.setSubRooms([], { peopleMove: false })
  await expect.poll(() => ben.chat.audience.kind).toBe('room')
  expect(ben.chat.messages[0]).toMatchObject({ text: 'ten beds', place: IN_BEDS })
})

test('[CHAT-7] broken and endless messages cut their sender, larger ones and those of a newer tab are left', async () => {
  const { send, cut, ann, ben, cleo } = await apart()
  send(ben, ann, encodeFrame({ t: 'aside-sung', tune: 1 }))
  send(ben, ann, new Uint8Array(ASIDE_FRAME_BYTES + 1))
  expect(cut).toEqual([])
  send(ben, ann, encodeFrame({ t: 'aside', id: 'short', to: { kind: 'whisper', to: ann.device }, text: '' }))
  expect(cut).toEqual(['Ben'])
  for (let n = 0; n < 600; n++) send(cleo, ann, said('x', undefined, n))
  expect(new Set(cut)).toEqual(new Set(['Ben', 'Cleo']))
})

test('[CHAT-7] the longest message fits, and a longer one and signs that turn the line are cut as in the room', async () => {
  const { sent, ann, ben, send } = await apart()
  ann.chat.send('𝔸'.repeat(CHAT_TEXT_CHARS + 10))
  expect(texts(ben)).toEqual(['𝔸'.repeat(CHAT_TEXT_CHARS)])
  expect(parseFrame(sent[0]?.frame as Uint8Array, asideMessage, ASIDE_FRAME_BYTES).kind).toBe('ok')
  send(ben, ann, said(' \u202egnirts '))
  send(ben, ann, said('\u202e ', undefined, 2))
  expect(texts(ann).slice(1)).toEqual(['gnirts'])
})

test('[CHAT-9] who listens is told when others read, and not of everybody who speaks', async () => {
  const { olga, ann, ben } = await apart()
  let told = 0
  ann.chat.subscribe(() => told++)
  olga.presence.setCall({
    microphone: true,
    camera: false,
    screen: false,
    speaking: true,
    seals: true,
    steady: true,
    sinceMs: 0,
    conducts: 0,
  })
  expect(told).toBe(0)
  ben.presence.setCall(null)
  expect([told, ann.chat.audience]).toEqual([1, { ...IN_BEDS, names: [] }])
})
