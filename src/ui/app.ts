/** The door of the UI: main.ts hands over the services and gets a page. */
import { mount, unmount } from 'svelte'
import App from './App.svelte'
import './base.css'
import type { Services } from './context.ts'

/** Returns the function that takes the page down again. */
export function mountApp(target: Element, services: Services): () => void {
  const app = mount(App, { target, props: { services } })
  return () => void unmount(app)
}
