/** The connection to one program: its offer is answered with all that this side will ever say, since WHIP has no way to say more. */
import { readFragment } from '../../core/doors/read-fragment.ts'
import { chooseLines, isTakenUp, readMediaLines, type Used, ufragOf } from '../../core/doors/read-offer.ts'
import type { OfferRefusal } from '../../core/doors/step-door.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeclineReason } from '../../protocol/doors.ts'
import { DOOR_GATHER_MS } from '../../protocol/limits.ts'
import { keepAudible } from '../record/keep-audible.ts'

export type Tracks = { readonly video: MediaStreamTrack | undefined; readonly audio: MediaStreamTrack | undefined }

export type ProgramNews = 'connected' | 'fell-silent' | 'lost' | 'ended'

export class ProgramConnection {
  readonly #pc: RTCPeerConnection
  readonly #direction: 'in' | 'out'
  readonly #clock: Clock
  #used: Used = { video: undefined, audio: undefined }
  #ufrag: string | undefined
  #letGo: (() => void) | undefined

  constructor(direction: 'in' | 'out', iceServers: readonly RTCIceServer[], clock: Clock, onNews: (news: ProgramNews) => void) {
    this.#direction = direction
    this.#clock = clock
    const pc = new RTCPeerConnection({ iceServers: [...iceServers] })
    this.#pc = pc
    pc.onconnectionstatechange = () => {
      const state = pc.connectionState
      if (state === 'connected') onNews('connected')
      else if (state === 'disconnected') onNews('fell-silent')
      else if (state === 'failed') onNews('lost')
      // A program that closes its end says so on DTLS, long before it is missed.
      if (state === 'connected')
        for (const transport of this.#transports()) transport.onstatechange = () => transport.state === 'closed' && onNews('ended')
    }
  }

  /** The answer, or why there is none. */
  async answer(sdp: string): Promise<{ readonly sdp: string } | OfferRefusal> {
    const lines = readMediaLines(sdp)
    if (lines === undefined) return 'unreadable'
    const used = chooseLines(lines, this.#direction)
    if (used === undefined) return 'nothing-in-common'
    this.#used = used
    this.#ufrag = ufragOf(sdp)
    try {
      await this.#pc.setRemoteDescription({ type: 'offer', sdp })
      this.#pc.getTransceivers().forEach((transceiver, place) => {
        const isUsed = place === used.video || place === used.audio
        transceiver.direction = !isUsed ? 'inactive' : this.#direction === 'in' ? 'recvonly' : 'sendonly'
      })
      await this.#pc.setLocalDescription()
    } catch {
      return 'unreadable'
    }
    if (!isTakenUp(used, this.#pc.localDescription?.sdp ?? '')) return 'nothing-in-common'
    await this.#gathered()
    return { sdp: this.#pc.localDescription?.sdp ?? '' }
  }

  /** Undefined: taken. Candidates that this browser cannot use are left, as the protocol wants it. */
  async add(text: string): Promise<DeclineReason | undefined> {
    const fragment = readFragment(text)
    if (fragment === undefined) return 'unreadable'
    if (fragment.ufrag !== undefined && fragment.ufrag !== this.#ufrag) return 'no-restarts'
    for (const candidate of fragment.candidates) await this.#pc.addIceCandidate(candidate).catch(() => {})
    return undefined
  }

  /** What the program brings. */
  get brought(): MediaStream {
    const transceivers = this.#pc.getTransceivers()
    const trackOf = (place: number | undefined) => (place === undefined ? [] : [transceivers[place]?.receiver.track])
    const audio = trackOf(this.#used.audio).filter((track) => track !== undefined)
    if (audio.length > 0) this.#letGo ??= keepAudible(new MediaStream(audio))
    return new MediaStream([...trackOf(this.#used.video).filter((track) => track !== undefined), ...audio])
  }

  /** Puts these in place of what is sent; without negotiation, so a program notices nothing but another picture. */
  async send({ video, audio }: Tracks): Promise<void> {
    const transceivers = this.#pc.getTransceivers()
    const put = async (place: number | undefined, track: MediaStreamTrack | undefined) => {
      const sender = place === undefined ? undefined : transceivers[place]?.sender
      if (sender !== undefined && sender.track !== (track ?? null)) await sender.replaceTrack(track ?? null)
    }
    await Promise.all([put(this.#used.video, video), put(this.#used.audio, audio)]).catch(() => {})
  }

  close(): void {
    this.#letGo?.()
    this.#pc.onconnectionstatechange = null
    for (const transport of this.#transports()) transport.onstatechange = null
    this.#pc.close()
  }

  #transports(): readonly RTCDtlsTransport[] {
    return this.#pc
      .getTransceivers()
      .flatMap(({ receiver, sender }) => [receiver.transport, sender.transport].filter((one) => one !== null))
  }

  /** All addresses, or those found in time: a STUN server that does not answer is waited for much longer by the browser. */
  #gathered(): Promise<void> {
    const pc = this.#pc
    return new Promise((resolve) => {
      if (pc.iceGatheringState === 'complete') return resolve()
      const cancel = this.#clock.after(DOOR_GATHER_MS, resolve)
      pc.addEventListener('icegatheringstatechange', () => {
        if (pc.iceGatheringState !== 'complete') return
        cancel()
        resolve()
      })
    })
  }
}
