/**
 * What of a session description matters here: which of its lines carry a picture or a sound, and which way. The rest is for
 * the browser to read. Programs differ: some offer no sound, some offer more lines than one of a kind; the first of each counts.
 */

export type MediaLine = {
  readonly kind: 'audio' | 'video'
  /** As the writer of the description sees it. */
  readonly way: 'sendonly' | 'recvonly' | 'sendrecv' | 'inactive'
  /** Port 0, unless that only says that the line lives in a bundle (RFC 9143, section 6), as GStreamer writes it. */
  readonly isOff: boolean
}

/** The places, among the lines of pictures and sounds, of those that are used. */
export type Used = { readonly video: number | undefined; readonly audio: number | undefined }

/** Pictures and sounds in their order, without lines of other kinds; undefined: this is no session description. */
export function readMediaLines(sdp: string): readonly MediaLine[] | undefined {
  if (!sdp.startsWith('v=0')) return undefined
  const [head = '', ...sections] = sdp.split(/^m=/m)
  const usual = wayIn(head) ?? 'sendrecv'
  return sections.flatMap((section) => {
    const [, kind, port] = /^(audio|video) (\d+)/.exec(section) ?? []
    const isOff = port === '0' && !/^a=bundle-only\s*$/m.test(section)
    return kind === 'audio' || kind === 'video' ? [{ kind, way: wayIn(section) ?? usual, isOff }] : []
  })
}

function wayIn(text: string): MediaLine['way'] | undefined {
  return /^a=(sendonly|recvonly|sendrecv|inactive)\s*$/m.exec(text)?.[1] as MediaLine['way'] | undefined
}

/** A program that comes in has to bring a picture, as what is shared is one; one that takes may do with sound. */
export function chooseLines(lines: readonly MediaLine[], direction: 'in' | 'out'): Used | undefined {
  const ways: readonly string[] = ['sendrecv', direction === 'in' ? 'sendonly' : 'recvonly']
  const first = (kind: MediaLine['kind']) => {
    const place = lines.findIndex((line) => line.kind === kind && !line.isOff && ways.includes(line.way))
    return place === -1 ? undefined : place
  }
  const used = { video: first('video'), audio: first('audio') }
  const isEnough = used.video !== undefined || (direction === 'out' && used.audio !== undefined)
  return isEnough ? used : undefined
}

/** Whether the answer took up the picture, or for who only listens the sound: else no codec is shared. */
export function isTakenUp(used: Used, answer: string): boolean {
  const place = used.video ?? used.audio
  return place !== undefined && readMediaLines(answer)?.[place]?.isOff === false
}

export function ufragOf(sdp: string): string | undefined {
  return /^a=ice-ufrag:(\S+)\s*$/m.exec(sdp)?.[1]
}
