/**
 * The three facts of an SDP that decide whom one talks to. Stricter than any browser: whatever a browser might read
 * differently (two fingerprints, an unusual line end, an odd spelling) makes the whole SDP unreadable here.
 */
export type SdpFacts = {
  /** `sha-256 AA:BB...`, lower-case algorithm, upper-case hex. */
  readonly fingerprint: string
  readonly ufrag: string
  readonly mids: readonly string[]
}

const FINGERPRINT = /^a=fingerprint:sha-256 ([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){31})$/
const UFRAG = /^a=ice-ufrag:([A-Za-z0-9+/]{4,256})$/
const MID = /^a=mid:([^\s]{1,16})$/

export function readSdp(sdp: string): SdpFacts | undefined {
  if (/\r(?!\n)/.test(sdp)) return undefined
  const lines = withoutRejected(sdp).split(/\r?\n/)
  const fingerprint = readOnly(lines, /fingerprint/i, FINGERPRINT)
  const ufrag = readOnly(lines, /ice-ufrag/i, UFRAG)
  if (fingerprint === undefined || ufrag === undefined) return undefined
  const mids = lines.flatMap((line) => MID.exec(line)?.[1] ?? [])
  return { fingerprint: `sha-256 ${fingerprint}`, ufrag, mids }
}

/** A line of media the two could not agree on has a transport of its own in the answer, which nobody ever uses. One that is to be bundled is none of these. */
function withoutRejected(sdp: string): string {
  return sdp.replaceAll(/^m=\w+ 0 .*\r?\n(?:(?!m=).*(?:\r?\n|$))*/gm, (media) => (/^a=bundle-only\r?$/m.test(media) ? media : ''))
}

/** What all lines with this mention say; undefined unless there is one and every one is well-formed and says the same. */
function readOnly(lines: readonly string[], mention: RegExp, form: RegExp): string | undefined {
  const said = lines.filter((line) => mention.test(line)).map((line) => form.exec(line)?.[1])
  const isHex = mention.source === 'fingerprint'
  const values = new Set(said.map((value) => (isHex ? value?.toUpperCase() : value)))
  return values.size === 1 ? [...values][0] : undefined
}

/** The fragment that an ICE candidate line names itself; browsers add it as an extension. */
export function readCandidateUfrag(candidate: string): string | undefined {
  return / ufrag ([^\s]+)/.exec(candidate)?.[1]
}

/**
 * What Chromium takes a path to carry before it has measured it, for pictures. By itself it begins at 300 kbit/s, and where a
 * twentieth is lost it stays there for a quarter of a minute. It reads this from the other side's description; others do not.
 */
export function withFirstGuess(sdp: string, kbps: number): string {
  return sdp.replace(/^a=rtpmap:(\d+) VP8\/90000(\r?\n)/gm, (line, format, end) =>
    sdp.includes(`a=fmtp:${format} `) ? line : `${line}a=fmtp:${format} x-google-start-bitrate=${kbps}${end}`,
  )
}
