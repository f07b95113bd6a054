/**
 * The call in a small window that stays on top of others: a page of its own where the browser has such windows, else the
 * picture shown largest. It closes with the call, and when the page goes. Pictures in it are asked for by itself: the page
 * behind it asks for none as soon as its person looks elsewhere.
 */
import { mount, unmount } from 'svelte'
import type { MeetingModel } from '../meeting/meeting.svelte.ts'
import type { CallModel } from './call.svelte.ts'
import FloatView from './FloatView.svelte'
import type { StageChoice } from './stage-choice.svelte.ts'
import { SMALL_WINDOW, visibleTiles } from './visible-tiles.ts'

type FloatingPages = { requestWindow(options: { width: number; height: number }): Promise<Window> }
type Shown = { readonly call: CallModel; readonly meeting: MeetingModel; readonly choice: StageChoice; readonly hue: number }
const SIZE = { width: 360, height: 260 } as const

/** undefined: this browser has no such windows. `ondone` is called when the press is answered. */
export function floatingWindow(shown: Shown, ondone: () => void): (() => void) | undefined {
  const pages = (globalThis as { documentPictureInPicture?: FloatingPages }).documentPictureInPicture
  // Refused or dismissed, it is as if nobody had asked: the stage is still there.
  if (pages !== undefined)
    return () =>
      void floatPage(pages, shown)
        .catch(() => undefined)
        .finally(ondone)
  if (document.pictureInPictureEnabled)
    return () =>
      void floatPicture(shown.call)
        .catch(() => undefined)
        .finally(ondone)
  return undefined
}

async function floatPage(pages: FloatingPages, shown: Shown): Promise<void> {
  const page = await pages.requestWindow(SIZE)
  const { documentElement: root } = document
  const { documentElement: floating, head, body } = page.document
  floating.lang = root.lang
  floating.dir = root.dir
  if (root.dataset['theme'] !== undefined) floating.dataset['theme'] = root.dataset['theme']
  page.document.title = document.title
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"], style')) head.append(sheet.cloneNode(true))
  const view = mount(FloatView, { target: body, props: { ...shown, onout: () => page.close() } })
  page.addEventListener('pagehide', () => void unmount(view), { once: true })
}

async function floatPicture(call: CallModel): Promise<void> {
  const videos = [...document.querySelectorAll<HTMLVideoElement>('main video')]
  const [largest] = videos.toSorted((a, b) => b.clientWidth * b.clientHeight - a.clientWidth * a.clientHeight)
  if (largest === undefined) return
  const { height } = await largest.requestPictureInPicture()
  const [track] = largest.srcObject instanceof MediaStream ? largest.srcObject.getVideoTracks() : []
  const tiles = call.participants.flatMap(({ member: { tab, isMe }, camera, screen }) => {
    const view = isMe || track === undefined ? undefined : track === screen ? 'screen' : track === camera ? 'camera' : undefined
    return view === undefined ? [] : [{ tab, view, height } as const]
  })
  call.setVisible(visibleTiles(tiles, devicePixelRatio), SMALL_WINDOW)
  largest.addEventListener('leavepictureinpicture', () => call.setVisible([], SMALL_WINDOW), { once: true })
}
