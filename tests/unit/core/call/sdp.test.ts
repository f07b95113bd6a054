import { expect, test } from 'vitest'
import { readCandidateUfrag, readSdp, withFirstGuess } from '../../../../src/core/call/sdp.ts'
import { FINGERPRINT, OTHER_FINGERPRINT, SDP } from './fixtures.ts'

const secondFingerprint = (line: string) => SDP.replace(/(m=audio[\s\S]*)a=fingerprint:[^\r]*/, `$1${line}`)

test('[SIGNAL-1] reads fingerprint, fragment and mids', () => {
  expect(readSdp(SDP)).toEqual({ fingerprint: FINGERPRINT, ufrag: 'kZ3r', mids: ['0', '1'] })
})

test('[SIGNAL-1] spelling of the hex does not matter, line ends neither', () => {
  expect(readSdp(SDP.replaceAll(FINGERPRINT, FINGERPRINT.toLowerCase()))?.fingerprint).toBe(FINGERPRINT)
  expect(readSdp(SDP.replaceAll('\r\n', '\n'))).toEqual(readSdp(SDP))
})

test.each([
  ['no fingerprint at all', SDP.replaceAll(/a=fingerprint:[^\r]*\r\n/g, '')],
  ['two different ones', secondFingerprint(`a=fingerprint:${OTHER_FINGERPRINT}`)],
  ['another hash function beside it', `${SDP}a=fingerprint:sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB\r\n`],
  ['one in a spelling that some parsers read', secondFingerprint(`A=Fingerprint:${FINGERPRINT}`)],
  ['one behind a space', secondFingerprint(` a=fingerprint:${FINGERPRINT}`)],
  ['one behind a lone carriage return', SDP.replace('s=-', `s=-\ra=fingerprint:${OTHER_FINGERPRINT}`)],
  ['a fingerprint too short', SDP.replaceAll(FINGERPRINT, FINGERPRINT.slice(0, -3))],
  ['no fragment', SDP.replaceAll(/a=ice-ufrag:[^\r]*\r\n/g, '')],
  ['two different fragments', SDP.replace('a=ice-ufrag:kZ3r', 'a=ice-ufrag:kZ3s')],
  ['nothing', ''],
])('[SIGNAL-1] an SDP with %s is not read', (_, sdp) => {
  expect(readSdp(sdp)).toBeUndefined()
})

test('[SIGNAL-13] a line of media that was refused says nothing of whom one talks to; one that is only bundled does', () => {
  const refused = `m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:aaaa\r\na=fingerprint:${OTHER_FINGERPRINT}\r\na=mid:9\r\na=inactive\r\n`
  expect(readSdp(SDP + refused)).toEqual(readSdp(SDP))
  expect(readSdp(SDP.replace('m=audio', `${refused}m=audio`))).toEqual(readSdp(SDP))
  expect(readSdp(`${SDP}${refused}a=bundle-only\r\n`)).toBeUndefined()
  expect(readSdp(refused)).toBeUndefined()
})

test('[SIGNAL-6] a candidate line may name its fragment', () => {
  expect(readCandidateUfrag('candidate:1 1 udp 2113937151 192.0.2.1 5000 typ host generation 0 ufrag kZ3r network-cost 999')).toBe('kZ3r')
  expect(readCandidateUfrag('candidate:1 1 udp 2113937151 192.0.2.1 5000 typ host')).toBeUndefined()
})

test('[FRAME-30] a path is taken to carry pictures before it was measured; nothing else of the SDP changes', () => {
  const video =
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 VP9/90000\r\n'
  const guessed = withFirstGuess(SDP + video, 2_000)
  expect(guessed).toBe(SDP + video.replace('VP8/90000\r\n', 'VP8/90000\r\na=fmtp:96 x-google-start-bitrate=2000\r\n'))
  expect(withFirstGuess(guessed, 2_000)).toBe(guessed)
  expect(withFirstGuess(SDP, 2_000)).toBe(SDP)
  expect(readSdp(guessed)).toEqual(readSdp(SDP))
})
