/** Chromium gives the sound of a connection to an audio graph, or to another connection, only while an element plays it: silently, here. */
export function keepAudible(stream: MediaStream): () => void {
  const player = new Audio()
  player.muted = true
  player.srcObject = stream
  player.play().catch(() => {})
  return () => {
    player.srcObject = null
  }
}
