/**
 * The call in a small window that stays on top of others: a page of its own where the browser has such windows, else the
 * picture shown largest. It closes with the call, and when the page goes.
 */
import { mount, unmount } from 'svelte'
import type { CallModel } from './call.svelte.ts'
import FloatView from './FloatView.svelte'

type FloatingPages = { requestWindow(options: { width: number; height: number }): Promise<Window> }
const SIZE = { width: 360, height: 260 } as const

/** undefined: this browser has no such windows. `ondone` is called when the press is answered. */
export function floatingWindow(call: CallModel, hue: number, ondone: () => void): (() => void) | undefined {
  const pages = (globalThis as { documentPictureInPicture?: FloatingPages }).documentPictureInPicture
  // Refused or dismissed, it is as if nobody had asked: the stage is still there.
  if (pages !== undefined)
    return () =>
      void floatPage(pages, call, hue)
        .catch(() => undefined)
        .finally(ondone)
  if (document.pictureInPictureEnabled)
    return () =>
      void floatPicture()
        .catch(() => undefined)
        .finally(ondone)
  return undefined
}

async function floatPage(pages: FloatingPages, call: CallModel, hue: number): Promise<void> {
  const page = await pages.requestWindow(SIZE)
  const { documentElement: root } = document
  const { documentElement: floating, head, body } = page.document
  floating.lang = root.lang
  floating.dir = root.dir
  if (root.dataset['theme'] !== undefined) floating.dataset['theme'] = root.dataset['theme']
  page.document.title = document.title
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"], style')) head.append(sheet.cloneNode(true))
  const view = mount(FloatView, { target: body, props: { call, hue, onout: () => page.close() } })
  page.addEventListener('pagehide', () => void unmount(view), { once: true })
}

async function floatPicture(): Promise<void> {
  const videos = [...document.querySelectorAll<HTMLVideoElement>('main video')]
  const [largest] = videos.toSorted((a, b) => b.clientWidth * b.clientHeight - a.clientWidth * a.clientHeight)
  await largest?.requestPictureInPicture()
}
