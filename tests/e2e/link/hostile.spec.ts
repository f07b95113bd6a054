/** The carrier between two tabs is hostile: it reads every signal and changes one field of each. */
import type { SignalMessage } from '../../../src/protocol/signal.ts'
import { expect, test } from './harness-page.ts'

const MISCHIEF = {
  'the fingerprint in the SDP': 'fingerprint-mismatch',
  'the signed fingerprint': 'fingerprint-mismatch',
  'both fingerprints': 'signature-invalid',
  'the fingerprint of the receiver': 'fingerprint-mismatch',
  'the ICE fragment in the SDP': 'signature-invalid',
  'the ICE password': 'signature-invalid',
  'the candidates': 'signature-invalid',
  'the tracks': 'signature-invalid',
  'the round': 'signature-invalid',
  'the session': 'signature-invalid',
  'the sequence': 'signature-invalid',
  'the epoch': 'signal-replayed',
  'the sender': 'signal-misdirected',
  'the receiver': 'signal-misdirected',
  'the signature': 'signature-invalid',
  'nothing, but says it twice': 'signal-replayed',
  'the whole frame for noise': 'frame-malformed',
  'the size': 'frame-too-large',
  'the kind': 'frame-unknown',
} as const

for (const [what, code] of Object.entries(MISCHIEF)) {
  test(`[SIGNAL-11] a carrier that changes ${what} gets no connection and a name: ${code}`, async ({ harness }) => {
    const seen = await harness.evaluate(async (what) => {
      const { hub, openTwo, until, decode, encodeFrame } = parts
      const flip = (text: string) => text.replace(/[0-9A-F]{2}/, (byte) => (byte === '00' ? '11' : '00'))
      const swapSdp = (signal: SignalMessage, find: RegExp, change: (line: string) => string): SignalMessage =>
        signal.body.t === 'description' ? { ...signal, body: { ...signal.body, sdp: signal.body.sdp.replaceAll(find, change) } } : signal
      const fingerprints = /(?<=a=fingerprint:sha-256 )\S+/g
      const changes: Record<string, (signal: SignalMessage) => unknown> = {
        'the fingerprint in the SDP': (signal) => swapSdp(signal, fingerprints, flip),
        'the signed fingerprint': (signal) => ({ ...signal, fingerprint: `sha-256 ${flip(signal.fingerprint.slice(8))}` }),
        'both fingerprints': (signal) => ({
          ...swapSdp(signal, fingerprints, flip),
          fingerprint: `sha-256 ${flip(signal.fingerprint.slice(8))}`,
        }),
        'the fingerprint of the receiver': (signal) => ({ ...signal, peerFingerprint: signal.fingerprint }),
        'the ICE fragment in the SDP': (signal) => swapSdp(signal, /a=ice-ufrag:\S+/g, () => 'a=ice-ufrag:evil'),
        'the ICE password': (signal) => swapSdp(signal, /a=ice-pwd:\S+/g, () => 'a=ice-pwd:evilevilevilevilevilevil'),
        'the candidates': (signal) =>
          signal.body.t === 'candidate'
            ? { ...signal, body: { ...signal.body, candidate: signal.body.candidate.replace('udp', 'UDP') } }
            : signal,
        'the tracks': (signal) =>
          signal.body.t === 'description' ? { ...signal, body: { ...signal.body, tracks: { 0: 'screen' } } } : signal,
        'the round': (signal) => (signal.body.t === 'description' ? { ...signal, body: { ...signal.body, round: 7 } } : signal),
        'the session': (signal) => ({ ...signal, session: signal.session.map((byte) => byte ^ 1) }),
        'the sequence': (signal) => ({ ...signal, sequence: signal.sequence + 100 }),
        'the epoch': (signal) => ({ ...signal, epoch: 1 }),
        'the sender': (signal) => ({ ...signal, from: signal.to }),
        'the receiver': (signal) => ({ ...signal, to: signal.from }),
        'the signature': (signal) => ({ ...signal, signature: signal.signature.map((byte) => byte ^ 1) }),
        'the kind': (signal) => ({ ...signal, t: 'signals' }),
      }
      hub.middleman = (frame) => {
        const change = changes[what]
        if (what === 'nothing, but says it twice') return [frame, frame]
        if (what === 'the whole frame for noise') return [frame.map((byte) => byte ^ 0x5a)]
        if (what === 'the size') return [new Uint8Array(70_000)]
        const changed = encodeFrame(change?.(decode(frame)))
        return what === 'the kind' ? Array.from({ length: 20 }, () => changed) : [changed]
      }
      const [ann, ben] = await openTwo()
      await until(() => ann.notices.length + ben.notices.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 400))
      const wasConnected = [...ann.connections, ...ben.connections].some(({ connectionState }) => connectionState === 'connected')
      return { wasConnected, codes: [...new Set([...ann.notices, ...ben.notices].map((notice) => notice.split(':')[0]))] }
    }, what)
    expect(seen.wasConnected).toBe(false)
    expect(seen.codes).toContain(code)
  })
}
