/** What the buttons of a file say and do; the same on its row and on its page. */
import type { Files } from '../../ports/asterism.ts'
import type { FileId } from '../../protocol/ids.ts'
import type { PreviewKind } from '../format/file-kind.ts'
import type { FileAction } from '../format/file-line.ts'
import type { IconName } from '../parts/Icon.svelte'

type ActionButton = { readonly label: string; readonly icon: IconName; readonly run: (files: Files, id: FileId) => void }

export const ACTION_BUTTONS: Record<FileAction, ActionButton> = {
  pause: { label: 'Pause', icon: 'pause', run: (files, id) => files.pause(id) },
  resume: { label: 'Continue', icon: 'resume', run: (files, id) => files.resume(id) },
  cancel: { label: 'Cancel', icon: 'close', run: (files, id) => files.cancel(id) },
  fetch: { label: 'Keep here too', icon: 'download', run: (files, id) => files.resume(id) },
  retry: { label: 'Try again', icon: 'retry', run: (files, id) => files.resume(id) },
}

/** A film and a song play, the rest is looked at. */
export const LOOKS: Record<PreviewKind, { readonly verb: string; readonly icon: IconName }> = {
  video: { verb: 'Play', icon: 'play' },
  audio: { verb: 'Play', icon: 'play' },
  image: { verb: 'Look at', icon: 'look' },
  text: { verb: 'Look at', icon: 'look' },
}
