/** Tracks into elements. A track comes and goes by itself; the element only ever shows the one it was given last. */

/** For `<video {@attach shows(track)}>`. */
export function shows(track: MediaStreamTrack): (video: HTMLVideoElement) => () => void {
  return (video) => {
    video.srcObject = new MediaStream([track])
    // A muted video may always play; a rejection means that the element was taken away meanwhile.
    video.play().catch(() => undefined)
    return () => {
      video.srcObject = null
    }
  }
}

/** For `<audio {@attach plays(track, onblocked)}>`. Browsers refuse sound before the page was touched; then a person is asked to touch it. */
export function plays(track: MediaStreamTrack, onblocked: (retry: () => void) => void): (audio: HTMLAudioElement) => () => void {
  return (audio) => {
    const play = () => {
      audio.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError') onblocked(play)
      })
    }
    audio.srcObject = new MediaStream([track])
    play()
    return () => {
      audio.srcObject = null
    }
  }
}

/** Sends sound to the chosen speaker, where the browser can. Returns nothing to undo: the next choice replaces it. */
export function speaksTo(speaker: string): (audio: HTMLAudioElement) => void {
  return (audio) => {
    if ('setSinkId' in audio && audio.sinkId !== speaker) audio.setSinkId(speaker).catch(() => undefined)
  }
}
