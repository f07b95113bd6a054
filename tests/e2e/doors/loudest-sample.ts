/** How loud a stream of a page is, listened to for at most two seconds. */
import type { JSHandle } from '@playwright/test'

const ENOUGH = 0.1

export function loudestSample(stream: JSHandle<MediaStream | undefined>): Promise<number> {
  return stream.evaluate(async (stream, enough) => {
    if (stream === undefined) return 0
    // What comes by a connection is heard only while an element plays it.
    const audio = new Audio()
    audio.muted = true
    audio.srcObject = stream
    await audio.play()
    const context = new AudioContext()
    await context.resume()
    const analyser = context.createAnalyser()
    context.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let loudest = 0
    for (let look = 0; look < 50 && loudest < enough; look++) {
      await new Promise((done) => setTimeout(done, 40))
      analyser.getFloatTimeDomainData(samples)
      for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample))
    }
    audio.srcObject = null
    await context.close()
    return loudest
  }, ENOUGH)
}
