/** Which way the bytes of a connection go, from its statistics. */
import type { LinkPath } from '../../ports/link.ts'

/** The fields we read; Firefox marks the pair itself, Chromium names it in the transport. */
type Stat = {
  readonly type: string
  readonly selectedCandidatePairId?: string
  readonly selected?: boolean
  readonly localCandidateId?: string
  readonly remoteCandidateId?: string
  readonly candidateType?: string
}

export async function readPath(connection: RTCPeerConnection): Promise<LinkPath> {
  const report: ReadonlyMap<string, Stat> = (await connection.getStats()) as unknown as ReadonlyMap<string, Stat>
  const stats = [...report.values()]
  const chosen = stats.find(({ type, selectedCandidatePairId }) => type === 'transport' && selectedCandidatePairId !== undefined)
  const pair = chosen
    ? report.get(chosen.selectedCandidatePairId ?? '')
    : stats.find(({ type, selected }) => type === 'candidate-pair' && selected)
  if (pair === undefined) return 'unknown'
  const ends = [pair.localCandidateId, pair.remoteCandidateId].map((id) => report.get(id ?? '')?.candidateType)
  return ends.includes('relay') ? 'relayed' : 'direct'
}
