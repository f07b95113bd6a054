import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFragment } from '../../../../src/core/doors/read-fragment.ts'
import { chooseLines, isTakenUp, readMediaLines, ufragOf } from '../../../../src/core/doors/read-offer.ts'
import { DOOR_CANDIDATES } from '../../../../src/protocol/limits.ts'

const HEAD = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n'
const line = (kind: string, way: string, port = 9) =>
  `m=${kind} ${port} UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:abcd\r\n${way === '' ? '' : `a=${way}\r\n`}`
const chosen = (sdp: string, direction: 'in' | 'out') => chooseLines(readMediaLines(sdp) ?? [], direction)

test('[DOORS-19] the first picture and the first sound that go the right way count', () => {
  const obs = HEAD + line('audio', 'sendonly') + line('video', 'sendonly')
  expect(chosen(obs, 'in')).toEqual({ video: 1, audio: 0 })
  expect(chosen(obs, 'out')).toBeUndefined()
  const many = HEAD + line('application', '') + line('video', 'inactive') + line('video', 'sendrecv') + line('video', 'sendonly')
  expect(chosen(many, 'in')).toEqual({ video: 1, audio: undefined })
  expect(chosen(`${HEAD}a=recvonly\r\n${line('video', '')}`, 'out')).toEqual({ video: 0, audio: undefined })
})

test('[DOORS-19] a picture is enough either way, a sound for who only listens', () => {
  const [picture, sound] = [line('video', 'sendrecv'), line('audio', 'sendrecv')]
  expect(chosen(HEAD + picture, 'in')).toEqual({ video: 0, audio: undefined })
  expect(chosen(HEAD + sound, 'in')).toBeUndefined()
  expect(chosen(HEAD + sound, 'out')).toEqual({ video: undefined, audio: 0 })
  expect(chosen(HEAD + line('video', 'sendonly', 0), 'in')).toBeUndefined()
})

test('[DOORS-19] a line that lives in a bundle alone has port 0 and is offered all the same', () => {
  const sound = `${line('audio', 'sendonly', 0)}a=bundle-only\r\n`
  expect(chosen(HEAD + line('video', 'sendonly') + sound, 'in')).toEqual({ video: 0, audio: 1 })
  expect(chosen(HEAD + line('video', 'sendonly') + line('audio', 'sendonly', 0), 'in')).toEqual({ video: 0, audio: undefined })
})

test('[DOORS-19] an answer that turned the picture down shares no codec', () => {
  const used = { video: 1, audio: 0 }
  expect(isTakenUp(used, HEAD + line('audio', 'recvonly') + line('video', 'recvonly'))).toBe(true)
  expect(isTakenUp(used, HEAD + line('audio', 'recvonly') + line('video', 'inactive', 0))).toBe(false)
  expect(isTakenUp(used, '')).toBe(false)
  expect(isTakenUp({ video: undefined, audio: 0 }, HEAD + line('audio', 'sendonly'))).toBe(true)
})

test('[DOORS-19] whatever is sent as an offer is read or not, and breaks nothing', () => {
  for (const sdp of ['', 'hello', '{}', 'm=video 9', ' v=0']) expect(readMediaLines(sdp)).toBeUndefined()
  expect(readMediaLines('v=0\r\nm=\r\nm=video x\r\n')).toEqual([])
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
      chooseLines(readMediaLines(`v=0${text}`) ?? [], 'in')
      readFragment(text)
    }),
  )
})

test('[DOORS-20] candidates are read with the name of their section, its place, or neither', () => {
  const named =
    'a=ice-ufrag:abcd\r\na=ice-pwd:x\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n'
  expect(readFragment(named)).toEqual({
    ufrag: 'abcd',
    candidates: [{ candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0' }],
  })
  expect(readFragment('m=audio 9 x\nm=video 9 x\na=candidate:2')?.candidates).toEqual([{ candidate: 'candidate:2', sdpMLineIndex: 1 }])
  expect(readFragment('a=candidate:3')).toEqual({ ufrag: undefined, candidates: [{ candidate: 'candidate:3', sdpMLineIndex: 0 }] })
  expect(ufragOf(named)).toBe('abcd')
})

test('[DOORS-20] what is no fragment, and more candidates than anybody has, is not taken', () => {
  for (const text of ['', '\r\n', 'hello', '{"candidate":"x"}', 'a=candidate:1\nhello']) expect(readFragment(text)).toBeUndefined()
  const many = (count: number) => Array.from({ length: count }, (_, n) => `a=candidate:${n}`).join('\r\n')
  expect(readFragment(many(DOOR_CANDIDATES))?.candidates.length).toBe(DOOR_CANDIDATES)
  expect(readFragment(many(DOOR_CANDIDATES + 1))).toBeUndefined()
})
