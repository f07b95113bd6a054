/** One DTLS certificate for all links of a tab, so that its fingerprint is the tab's for as long as it lives. */
import { readSdp } from '../../core/call/sdp.ts'
import { assert } from '../../protocol/errors.ts'

export type TabCertificate = { readonly certificate: RTCCertificate; readonly fingerprint: string }

export type MakePeerConnection = (configuration: RTCConfiguration) => RTCPeerConnection

export async function makeCertificate(makePeerConnection: MakePeerConnection): Promise<TabCertificate> {
  const certificate = await RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' } as EcKeyGenParams)
  const fingerprint = readFingerprint(certificate) ?? (await offerFingerprint(certificate, makePeerConnection))
  return { certificate, fingerprint }
}

function readFingerprint(certificate: RTCCertificate): string | undefined {
  // Firefox has no getFingerprints.
  const fingerprints = certificate.getFingerprints?.() ?? []
  const value = fingerprints.find(({ algorithm }) => algorithm?.toLowerCase() === 'sha-256')?.value
  return value === undefined ? undefined : `sha-256 ${value.toUpperCase()}`
}

/** What an offer made with the certificate says. */
async function offerFingerprint(certificate: RTCCertificate, makePeerConnection: MakePeerConnection): Promise<string> {
  const connection = makePeerConnection({ certificates: [certificate] })
  connection.createDataChannel('')
  const { sdp = '' } = await connection.createOffer()
  connection.close()
  const facts = readSdp(sdp)
  assert(facts !== undefined, 'an offer of this browser names one SHA-256 fingerprint')
  return facts.fingerprint
}
