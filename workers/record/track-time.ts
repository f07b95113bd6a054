/** From the clock of one track to the time of a recording: when its first frame came, and from there on as it counts. */
export class TrackTime {
  readonly #beganMs: number
  #offsetUs: number | undefined

  constructor(beganMs: number) {
    this.#beganMs = beganMs
  }

  begin({ timestamp }: { readonly timestamp: number }): void {
    this.#offsetUs ??= Math.round((performance.now() - this.#beganMs) * 1_000) - timestamp
  }

  of({ timestamp }: { readonly timestamp: number }): number {
    return Math.max(0, timestamp + (this.#offsetUs ?? -timestamp))
  }
}
