/** What is to be heard of the others: voices, and the sound of screens that are not muted. */
import type { RemoteMedia } from '../../ports/asterism.ts'
import type { TabId } from '../../protocol/ids.ts'

export type Sound = { readonly key: string; readonly track: MediaStreamTrack }

export function soundsOf(remote: readonly RemoteMedia[], mutedScreens: readonly TabId[]): readonly Sound[] {
  return remote.flatMap(({ tab, microphone, screenAudio }) =>
    [microphone, mutedScreens.includes(tab) ? undefined : screenAudio].flatMap((track) =>
      track === undefined ? [] : [{ key: `${tab} ${track.id}`, track }],
    ),
  )
}
