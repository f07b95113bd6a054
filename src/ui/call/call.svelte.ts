/** The call as the controls need it: what is on, what a press does, who is on the stage. The deeds are the port's. */
import type {
  Call,
  CallStats,
  CallTools,
  DeviceState,
  Effects,
  EffectsWish,
  Giving,
  Member,
  RemoteMedia,
  Room,
  Seal,
  VisibleTile,
} from '../../ports/asterism.ts'
import { observed } from '../observed.svelte.ts'

export type Participant = {
  readonly member: Member
  readonly camera: MediaStreamTrack | undefined
  readonly screen: MediaStreamTrack | undefined
  readonly speaking: boolean
  readonly microphone: boolean
  /** Undefined: my own, which goes nowhere, or not yet connected. */
  readonly seal: Seal | undefined
  /** Who passes the picture on to this tab. */
  readonly through: Member | undefined
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
  get stats(): CallStats | undefined {
    return this.#call().stats
  }
  get effects(): Effects {
    return this.#call().effects
  }
  get giving(): Giving {
    return this.#call().giving
  }
  /** Sound goes to the chosen speaker while it is there, otherwise to the system's. */
  get speaker(): string {
    const { speaker } = this.self.chosen
    return this.devices.some(({ kind, id }) => kind === 'speaker' && id === speaker) ? speaker : ''
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
    const { members } = this.#room()
    const media = new Map(this.remote.map((entry) => [entry.tab, entry]))
    return members
      .filter((member) => member.isMe || member.inCall)
      .map((member) => {
        if (member.isMe) {
          const { screenTrack: screen, speaking } = self
          const camera = this.#call().mirror
          return { member, camera, screen, speaking, microphone: this.microphoneOn, seal: undefined, through: undefined }
        }
        const entry = media.get(member.tab)
        const { speaking, microphone } = member
        const through = members.find(({ tab }) => tab === entry?.through)
        // Of a line that the two browsers could not agree on the track has ended.
        const camera = entry?.camera?.readyState === 'ended' ? undefined : entry?.camera
        return { member, camera, screen: entry?.screen, speaking, microphone, seal: entry?.seal, through }
      })
  }

  /** Somebody else is in the room who may let people in, in the call or not. */
  get isHosted(): boolean {
    return this.#room().members.some(({ isMe, role }) => !isMe && (role === 'owner' || role === 'moderator'))
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

  async setEffects(change: Partial<EffectsWish>): Promise<void> {
    await this.#call().setEffects(change)
  }

  give(change: Partial<Giving>): void {
    this.#call().give(change)
  }

  /** Loaded when they are first asked for. */
  tools(): Promise<CallTools> {
    return this.#call().tools()
  }

  /** `where`: beside the stage, by a name of its own. */
  setVisible(tiles: readonly VisibleTile[], where?: string): void {
    this.#call().setVisible(tiles, where)
  }
}
