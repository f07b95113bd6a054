/**
 * A client of janus's videoroom as one would write it by hand: one connection on which it sends its small picture and its voice, who speaks a
 * large one too, and one on which all others come. Shown as a grid, voices played, nothing else on the page.
 */
import { layerProfiles } from '../../../src/core/call/layer-profiles.ts'
import { MICROPHONE_BITS_PER_SECOND } from '../../../src/protocol/limits.ts'
import { cameraConstraints } from '../../../src/tab/call/constraints.ts'
import { openConnection, wholeDescription } from './page-connections.ts'

const PLUGIN = 'janus.plugin.videoroom'
const ROOM = 1
const KEEP_ALIVE_MS = 20_000
const [MAIN, THUMB] = ['main', 'thumb'].map((layer) => layerProfiles(8).find((one) => one.layer === layer))
/** In the order they are added to a publisher's connection: a voice first, where there is one. */
const midsOf = (hasVoice: boolean) => (hasVoice ? ['0', '1', '2'] : [undefined, '0', '1'])

type Answer = {
  readonly janus: string
  readonly transaction?: string
  /** The handle an event is of. */
  readonly sender?: number
  readonly data?: { readonly id: number }
  readonly jsep?: RTCSessionDescriptionInit
  readonly error?: { readonly reason: string }
  readonly plugindata?: { readonly data: { readonly error?: string } }
}

class Session {
  readonly #socket: WebSocket
  readonly #waiting = new Map<string, (answer: Answer) => void>()
  readonly #up = new Set<number>()
  #id = 0
  #asked = 0

  constructor(url: string) {
    this.#socket = new WebSocket(url, 'janus-protocol')
    this.#socket.onmessage = ({ data }) => {
      const answer = JSON.parse(data) as Answer
      // `ack` says that an event will follow, under the same name.
      if (answer.janus === 'ack') return
      if (answer.janus === 'webrtcup' && answer.sender !== undefined) this.#up.add(answer.sender)
      const take = this.#waiting.get(answer.transaction ?? '')
      this.#waiting.delete(answer.transaction ?? '')
      take?.(answer)
    }
  }

  async open(): Promise<void> {
    if (this.#socket.readyState !== WebSocket.OPEN) await new Promise((done) => this.#socket.addEventListener('open', done, { once: true }))
    this.#id = (await this.#ask({ janus: 'create' })).data?.id ?? 0
    setInterval(() => void this.#ask({ janus: 'keepalive' }), KEEP_ALIVE_MS)
  }

  async attach(): Promise<number> {
    return (await this.#ask({ janus: 'attach', plugin: PLUGIN })).data?.id ?? 0
  }

  /** Before that nobody can subscribe to what a handle publishes. */
  async untilUp(handle: number): Promise<void> {
    while (!this.#up.has(handle)) await new Promise((done) => setTimeout(done, 50))
  }

  async say(handle: number, body: object, jsep?: RTCSessionDescriptionInit): Promise<Answer> {
    return this.#ask({ janus: 'message', handle_id: handle, body, ...(jsep === undefined ? {} : { jsep }) })
  }

  #ask(request: object): Promise<Answer> {
    const transaction = String(++this.#asked)
    const session = this.#id === 0 ? {} : { session_id: this.#id }
    this.#socket.send(JSON.stringify({ ...request, ...session, transaction }))
    return new Promise((done, fail) =>
      this.#waiting.set(transaction, (answer) => {
        const wrong = answer.error?.reason ?? answer.plugindata?.data.error
        if (wrong === undefined) done(answer)
        else fail(new Error(wrong))
      }),
    )
  }
}

let session: Session | undefined
let down: RTCPeerConnection | undefined

const client = {
  async createRoom(url: string, people: number): Promise<void> {
    const host = new Session(url)
    await host.open()
    const room = { request: 'create', room: ROOM, publishers: people, videocodec: 'vp8', audiocodec: 'opus' }
    await host.say(await host.attach(), room)
  },

  async publish(url: string, id: number, isSpeaker: boolean, hasVoice: boolean): Promise<void> {
    session = new Session(url)
    await session.open()
    const handle = await session.attach()
    await session.say(handle, { request: 'join', ptype: 'publisher', room: ROOM, id })
    const stream = await navigator.mediaDevices.getUserMedia({ audio: hasVoice, video: cameraConstraints(undefined) })
    const up = openConnection()
    const [voice, picture] = [stream.getAudioTracks()[0], stream.getVideoTracks()[0]]
    if (picture === undefined) throw new Error('no camera')
    if (voice !== undefined)
      up.addTransceiver(voice, { direction: 'sendonly', sendEncodings: [{ maxBitrate: MICROPHONE_BITS_PER_SECOND }] })
    const pictures = isSpeaker ? [THUMB, MAIN] : [THUMB]
    for (const profile of pictures) {
      if (profile === undefined) continue
      const { height, fps: maxFramerate, bitsPerSecond: maxBitrate } = profile
      const scaleResolutionDownBy = (picture.getSettings().height ?? height) / height
      up.addTransceiver(picture.clone(), { direction: 'sendonly', sendEncodings: [{ maxBitrate, maxFramerate, scaleResolutionDownBy }] })
    }
    const { jsep } = await session.say(handle, { request: 'publish' }, await wholeDescription(up))
    if (jsep === undefined) throw new Error('janus gave no answer')
    await up.setRemoteDescription(jsep)
    await session.untilUp(handle)
  },

  /** All of the others, who have published: of who speaks the large picture, of the rest the small one, and what voices there are. */
  async subscribe(others: readonly { readonly feed: number; readonly isSpeaker: boolean; readonly hasVoice: boolean }[]): Promise<void> {
    if (session === undefined) throw new Error('publish first')
    const handle = await session.attach()
    const streams = others.flatMap(({ feed, isSpeaker, hasVoice }) => {
      const [voice, thumb, main] = midsOf(hasVoice)
      return [voice, isSpeaker ? main : thumb].flatMap((mid) => (mid === undefined ? [] : [{ feed, mid }]))
    })
    const { jsep } = await session.say(handle, { request: 'join', ptype: 'subscriber', room: ROOM, streams })
    if (jsep === undefined) throw new Error('janus gave no offer')
    down = openConnection()
    down.ontrack = ({ track }) => show(track)
    await down.setRemoteDescription(jsep)
    await session.say(handle, { request: 'start' }, await wholeDescription(down))
  },

  /** Pictures shown so far, of each of the others. */
  shown(): number[] {
    return [...document.querySelectorAll('video')].map((video) => video.getVideoPlaybackQuality().totalVideoFrames)
  },
}

function show(track: MediaStreamTrack): void {
  const element = document.createElement(track.kind === 'video' ? 'video' : 'audio')
  element.autoplay = true
  element.srcObject = new MediaStream([track])
  element.style.width = '24%'
  document.body.append(element)
  element.play().catch(() => {})
}

declare global {
  var janusClient: typeof client
}
globalThis.janusClient = client
