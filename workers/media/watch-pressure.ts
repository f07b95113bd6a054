/** How full the processor of this device is, where the browser tells it (Compute Pressure API, W3C): to pages with a camera or microphone open. */
import type { PressureSaid } from '../../src/core/call/frames/strain.ts'

const EVERY_MS = 1_000

export class PressureWatch {
  said: PressureSaid | undefined
  #observer: PressureObserver | undefined

  constructor() {
    if (!('PressureObserver' in globalThis)) return
    this.#observer = new PressureObserver((records) => {
      this.said = { state: records.at(-1)?.state, atMs: performance.now() }
    })
    // A frame within another site's page may not be allowed to.
    this.#observer.observe('cpu', { sampleInterval: EVERY_MS }).catch(() => undefined)
  }

  close(): void {
    this.#observer?.disconnect()
  }
}
