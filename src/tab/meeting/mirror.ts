/**
 * The own camera as its person sees it beside others. Alone it moves as the camera does; on a small tile among many, half of
 * what the device draws would be for the one picture that nobody watches.
 */
/** More than the small pictures of others have. */
const MIRROR_FPS = 12

export class Mirror {
  track: MediaStreamTrack | undefined
  readonly #onChange: () => void
  #camera: MediaStreamTrack | undefined

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  follow(camera: MediaStreamTrack | undefined): void {
    if (camera === this.#camera) return
    this.#camera = camera
    this.track?.stop()
    this.track = undefined
    if (camera !== undefined) void this.#slow(camera)
  }

  async #slow(camera: MediaStreamTrack): Promise<void> {
    const slow = camera.clone()
    const isSlow = await slow.applyConstraints({ frameRate: { max: MIRROR_FPS } }).then(
      () => true,
      () => false,
    )
    if (isSlow && this.#camera === camera) {
      this.track = slow
      this.#onChange()
    } else slow.stop()
  }
}
