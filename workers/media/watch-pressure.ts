/** How full the processor of this device is, where the browser tells it (Compute Pressure API, W3C): to pages with a camera or microphone open. */
import type { Pressure } from '../../src/core/call/frames/strain.ts'

const EVERY_MS = 1_000
/** It tells nothing to a page that may not know it any more. */
const KNOWN_MS = 5_000

export class PressureWatch {
  #state: Pressure
  #saidAtMs = 0
  #observer: PressureObserver | undefined

  constructor() {
    if (!('PressureObserver' in globalThis)) return
    this.#observer = new PressureObserver((records) => {
      this.#state = records.at(-1)?.state
      this.#saidAtMs = performance.now()
    })
    // A frame within another site's page may not be allowed to.
    this.#observer.observe('cpu', { sampleInterval: EVERY_MS }).catch(() => undefined)
  }

  get state(): Pressure {
    return performance.now() - this.#saidAtMs < KNOWN_MS ? this.#state : undefined
  }

  close(): void {
    this.#observer?.disconnect()
  }
}
