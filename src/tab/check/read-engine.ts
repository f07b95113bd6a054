/** What this engine can do, tried where a look does not tell. */
import type { EngineFound } from '../../core/check/findings.ts'
import { probeAbilities } from '../balance/probe-abilities.ts'
import { hasEncodedStreams } from '../link/encoded-streams.ts'

const ENCODERS = [
  ['VP8', 'vp8'],
  ['VP9', 'vp09.00.10.08'],
  ['H.264', 'avc1.42E01F'],
  ['AV1', 'av01.0.04M.08'],
] as const
const SIZE = { width: 640, height: 360 } as const

export async function readEngine(seals: boolean | undefined): Promise<EngineFound> {
  const abilities = probeAbilities()
  const supported = abilities.webCodecs ? await Promise.all(ENCODERS.map(([, codec]) => canEncode(codec))) : []
  return {
    abilities,
    encodes: ENCODERS.flatMap(([name], nth) => (supported[nth] === true ? [name] : [])),
    mayForward: hasEncodedStreams() && abilities.scriptTransform && abilities.webCodecs,
    seals,
  }
}

async function canEncode(codec: string): Promise<boolean> {
  const told = await VideoEncoder.isConfigSupported({ codec, ...SIZE }).catch(() => undefined)
  return told?.supported === true
}
