/**
 * A program of Node.js between two doors, on a build of WebRTC that has nothing of a browser's (libdatachannel): it takes what one
 * door sends by WHEP, and sends the same packets, with numbers of its own, to another by WHIP. Says what happens as one JSON
 * object a line; ends when its input does, with a DELETE at both.
 */
import datachannel, { type Track } from 'node-datachannel'

const { Audio, PeerConnection, Video } = datachannel
const [VP8, OPUS] = [96, 111]
/** Of what it sends. */
const SOURCES = { video: 0x0a57_0001, audio: 0x0a57_0002 } as const
const KINDS = ['video', 'audio'] as const
type Kind = (typeof KINDS)[number]

/** What begins with these is RTCP beside RTP (RFC 5761). */
const RTCP = { from: 192, to: 223 }
const SOURCE_AT = 8
const MARKER = 0x80
/** Whoever comes later has to wait no longer for a whole picture. */
const WHOLE_EVERY_MS = 1_000

const [from = '', to = ''] = process.argv.slice(2)
const say = (what: object) => console.log(JSON.stringify(what))

class AtDoor {
  readonly tracks: Readonly<Record<Kind, Track>>
  readonly #connection
  #location = ''

  constructor(direction: 'SendOnly' | 'RecvOnly') {
    this.#connection = new PeerConnection('program', { iceServers: [] })
    this.tracks = { video: this.#add('video', direction), audio: this.#add('audio', direction) }
  }

  async knock(url: string): Promise<number> {
    this.#connection.setLocalDescription()
    const body = withoutCandidates(this.#connection.localDescription()?.sdp ?? '')
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body })
    const sdp = await answer.text()
    if (answer.status === 201) this.#connection.setRemoteDescription(sdp, 'answer')
    this.#location = new URL(answer.headers.get('location') ?? '', url).href
    return answer.status
  }

  async leave(): Promise<number> {
    const { status } = await fetch(this.#location, { method: 'DELETE' })
    this.#connection.close()
    return status
  }

  #add(kind: Kind, direction: 'SendOnly' | 'RecvOnly'): Track {
    const media = kind === 'video' ? new Video('video', direction) : new Audio('audio', direction)
    if (media instanceof Video) media.addVP8Codec(VP8)
    else media.addOpusCodec(OPUS)
    if (direction === 'SendOnly') media.addSSRC(SOURCES[kind], 'program', 'program', kind)
    return this.#connection.addTrack(media)
  }
}

/**
 * The program finds the door, not the door the program: libdatachannel (0.24.5) lets ICE and DTLS go on before it has noted the
 * fingerprint of an answer, and whoever was quick to call is refused as an unknown one.
 */
function withoutCandidates(sdp: string): string {
  return sdp.replaceAll(/^a=(?:candidate:.*|end-of-candidates)\r\n/gm, '')
}

const [player, publisher] = [new AtDoor('RecvOnly'), new AtDoor('SendOnly')]
let frames = 0
for (const kind of KINDS) {
  player.tracks[kind].onMessage((packet) => {
    const second = packet[1] ?? 0
    if (second >= RTCP.from && second <= RTCP.to) return
    if (kind === 'video' && (second & MARKER) !== 0) frames++
    const own = Buffer.from(packet)
    own.writeUInt32BE(SOURCES[kind], SOURCE_AT)
    if (publisher.tracks[kind].isOpen()) publisher.tracks[kind].sendMessageBinary(own)
  })
}
say({ status: await player.knock(from) })
say({ status: await publisher.knock(to), postedAtMs: Date.now() })
setInterval(() => player.tracks.video.isOpen() && player.tracks.video.requestKeyframe(), WHOLE_EVERY_MS)
setInterval(() => say({ frames }), 500)

for await (const _ of process.stdin);
say({ deleted: Math.max(await player.leave(), await publisher.leave()) })
// Its threads would go on.
process.exit()
