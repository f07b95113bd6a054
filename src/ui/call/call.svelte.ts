/** The call as the controls need it: what is on, what a press does, who is on the stage. The deeds are the port's. */
import type { Call, DeviceState, Member, RemoteMedia, Room } from '../../ports/asterism.ts'
import { observed } from '../observed.svelte.ts'

export type Participant = {
  readonly member: Member
  readonly camera: MediaStreamTrack | undefined
  readonly screen: MediaStreamTrack | undefined
  readonly speaking: boolean
  readonly microphone: boolean
}

const isOn = (state: DeviceState) => state.kind === 'on' || state.kind === 'starting'

export class CallModel {
  readonly #call: () => Call
  readonly #room: () => Room

  constructor(room: Room) {
    this.#room = observed(room)
    this.#call = observed(room.call)
  }

  get state(): Call['state'] {
    return this.#call().state
  }
  get self(): Call['self'] {
    return this.#call().self
  }
  get devices(): Call['devices'] {
    return this.#call().devices
  }
  get remote(): readonly RemoteMedia[] {
    return this.#call().remote
  }
  get microphoneOn(): boolean {
    return isOn(this.self.microphone)
  }
  get cameraOn(): boolean {
    return isOn(this.self.camera)
  }
  get screenOn(): boolean {
    return isOn(this.self.screen)
  }
  /** What refused to start, in words. The first of several: one thing is put right at a time. */
  get trouble(): string | undefined {
    for (const state of [this.self.microphone, this.self.camera, this.self.screen]) if (state.kind === 'failed') return state.text
    return undefined
  }

  /** Me first, then everybody else in the call. */
  get participants(): readonly Participant[] {
    const { self } = this
    const media = new Map(this.remote.map((entry) => [entry.tab, entry]))
    return this.#room()
      .members.filter((member) => member.isMe || member.inCall)
      .map((member) => {
        if (member.isMe)
          return { member, camera: self.cameraTrack, screen: self.screenTrack, speaking: self.speaking, microphone: this.microphoneOn }
        const entry = media.get(member.tab)
        return { member, camera: entry?.camera, screen: entry?.screen, speaking: member.speaking, microphone: member.microphone }
      })
  }

  get talking(): readonly Member[] {
    return this.#room().members.filter((member) => member.inCall && !member.isMe)
  }

  /** Out of the call, turning something on is joining with it; in the call it is turned on or off. */
  async toggleMicrophone(): Promise<void> {
    if (this.state === 'out') await this.#call().join({ microphone: true, camera: false })
    else await this.#call().setMicrophone(!this.microphoneOn)
  }

  async toggleCamera(): Promise<void> {
    if (this.state === 'out') await this.#call().join({ microphone: false, camera: true })
    else await this.#call().setCamera(!this.cameraOn)
  }

  /** Sharing from outside the call joins it first, silently. */
  async toggleScreen(): Promise<void> {
    if (this.state === 'out') await this.#call().join({ microphone: false, camera: false })
    await this.#call().setScreen(!this.screenOn)
  }

  /** At the door nothing is sent: the same presses only change the preview. */
  async previewMicrophone(): Promise<void> {
    await this.#call().preview({ microphone: !this.microphoneOn, camera: this.cameraOn })
  }

  async previewCamera(): Promise<void> {
    await this.#call().preview({ microphone: this.microphoneOn, camera: !this.cameraOn })
  }

  async join(microphone: boolean, camera: boolean): Promise<void> {
    await this.#call().join({ microphone, camera })
  }

  async stepOut(): Promise<void> {
    await this.#call().leave()
  }

  async choose(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void> {
    await this.#call().choose(kind, deviceId)
  }
}
