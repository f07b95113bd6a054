/**
 * Who is there to be composed, with their tracks as far as they may leave the call. A second device is there while it gives
 * something, by the name it has on the stage.
 */
import { isLookedAt, nameAmong, personOf } from '../../core/companion/one-person.ts'
import type { Person } from '../../core/record/arrange-picture.ts'
import { type Leave, mayLeave } from '../../core/record/may-leave.ts'
import type { RemoteMedia, SessionParticipant } from '../../ports/asterism.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import type { ToolParts } from '../tools/parts.ts'

export type There = Person & {
  readonly device: DeviceId
  /** The device that stands for the person. */
  readonly person: DeviceId
  readonly camera: MediaStreamTrack | undefined
  readonly screen: MediaStreamTrack | undefined
  readonly sounds: readonly MediaStreamTrack[]
}

type Sources = Pick<ToolParts, 'call' | 'presence'>

export function whoIsThere({ call, presence }: Sources): readonly There[] {
  const { participants, subRoom } = call.session.state
  const all = presence.all()
  const remote = new Map(call.remote.map((media) => [media.tab, media]))
  return participants.flatMap((one) => {
    const leave = mayLeave(one, subRoom)
    if (leave === undefined) return []
    const named = { ...one, name: nameAmong(one, participants), person: personOf(one, participants).device }
    return one.tabs.flatMap((tab) => {
      const said = all.get(tab)?.call
      const media = tab === presence.self.tab ? ownMedia(call.self, tab) : remote.get(tab)
      return said ? thereOf(named, leave, said, media, tab) : []
    })
  })
}

type Said = { readonly microphone: boolean; readonly camera: boolean; readonly screen: boolean; readonly speaking: boolean }
type Media = Pick<RemoteMedia, 'tab' | 'microphone' | 'camera' | 'screen' | 'screenAudio'>

type Named = SessionParticipant & { readonly person: DeviceId }

function thereOf(one: Named, leave: Leave, said: Said, media: Media | undefined, tab: TabId): readonly There[] {
  const { device, person, name } = one
  const isHeard = said.microphone && leave.voice
  const hasScreen = said.screen && leave.screen
  const isSeen = said.camera && leave.camera
  if (!isLookedAt(one, isHeard, hasScreen, isSeen)) return []
  const sounds = [isHeard ? media?.microphone : undefined, hasScreen ? media?.screenAudio : undefined]
  const there: There = {
    tab,
    device,
    person,
    name,
    hasCamera: said.camera,
    hasScreen,
    isSpeaking: said.speaking && isHeard,
    isHidden: !leave.camera,
    camera: isSeen ? media?.camera : undefined,
    screen: hasScreen ? media?.screen : undefined,
    sounds: sounds.filter((track) => track !== undefined),
  }
  return [there]
}

function ownMedia({ microphoneTrack, cameraTrack, screenTrack, screenAudioTrack }: ToolParts['call']['self'], tab: TabId): Media {
  return { tab, microphone: microphoneTrack, camera: cameraTrack, screen: screenTrack, screenAudio: screenAudioTrack }
}
