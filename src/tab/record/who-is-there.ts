/** Who is there to be composed, with their tracks as far as they may leave the call. A second device stands under its companion. */
import type { Person } from '../../core/record/arrange-picture.ts'
import { type Leave, mayLeave } from '../../core/record/may-leave.ts'
import type { RemoteMedia, SessionParticipant } from '../../ports/asterism.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import type { ToolParts } from '../tools/parts.ts'

export type There = Person & {
  readonly device: DeviceId
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
    const leave = one.isSecond ? undefined : mayLeave(one, subRoom)
    if (leave === undefined) return []
    return one.tabs.flatMap((tab) => {
      const said = all.get(tab)?.call
      const media = tab === presence.self.tab ? ownMedia(call.self, tab) : remote.get(tab)
      return said ? [personOf(one, leave, said, media, tab)] : []
    })
  })
}

type Said = { readonly microphone: boolean; readonly camera: boolean; readonly screen: boolean; readonly speaking: boolean }
type Media = Pick<RemoteMedia, 'tab' | 'microphone' | 'camera' | 'screen' | 'screenAudio'>

function personOf({ device, name }: SessionParticipant, leave: Leave, said: Said, media: Media | undefined, tab: TabId): There {
  const isHeard = said.microphone && leave.voice
  const hasScreen = said.screen && leave.screen
  const sounds = [isHeard ? media?.microphone : undefined, hasScreen ? media?.screenAudio : undefined]
  return {
    tab,
    device,
    name,
    hasCamera: said.camera,
    hasScreen,
    isSpeaking: said.speaking && isHeard,
    isHidden: !leave.camera,
    camera: said.camera && leave.camera ? media?.camera : undefined,
    screen: hasScreen ? media?.screen : undefined,
    sounds: sounds.filter((track) => track !== undefined),
  }
}

function ownMedia({ microphoneTrack, cameraTrack, screenTrack, screenAudioTrack }: ToolParts['call']['self'], tab: TabId): Media {
  return { tab, microphone: microphoneTrack, camera: cameraTrack, screen: screenTrack, screenAudio: screenAudioTrack }
}
