/** A number in black and white, large enough to survive the smallest picture at a low rate; under it something that moves. */
const BITS = 16
const BLOCK = 40

export function drawStamped(canvas: OffscreenCanvas, stamp: number): void {
  const drawing = canvas.getContext('2d')
  if (drawing === null) return
  drawing.fillStyle = '#567'
  drawing.fillRect(0, 0, canvas.width, canvas.height)
  for (let bit = 0; bit < BITS; bit++) {
    const isSet = (stamp >> bit) & 1
    drawing.fillStyle = isSet ? '#fff' : '#000'
    drawing.fillRect(bit * BLOCK, 0, BLOCK, BLOCK)
    // The opposite beneath it: a picture that is smeared or grey does not read as a number.
    drawing.fillStyle = isSet ? '#000' : '#fff'
    drawing.fillRect(bit * BLOCK, BLOCK, BLOCK, BLOCK)
  }
  for (let n = 0; n < 60; n++) {
    drawing.fillStyle = `hsl(${(n * 37 + stamp * 3) % 360} 70% 50%)`
    drawing.fillRect((n * 53 + stamp * 2) % canvas.width, 2 * BLOCK + ((n * 97) % (canvas.height - 2 * BLOCK)), 24, 24)
  }
}

/** Undefined: not one of these pictures, or not whole. */
export function readStamp(frame: VideoFrame): number | undefined {
  const { displayWidth: width, displayHeight: height } = frame
  const canvas = new OffscreenCanvas(width, height)
  const drawing = canvas.getContext('2d', { willReadFrequently: true })
  if (drawing === null) return undefined
  drawing.drawImage(frame, 0, 0)
  const block = width / BITS
  const { data } = drawing.getImageData(0, 0, width, Math.ceil(2 * block))
  const brightness = (bit: number, row: number) =>
    data[4 * (Math.floor((row + 0.5) * block) * width + Math.floor((bit + 0.5) * block))] ?? 0
  let stamp = 0
  for (let bit = 0; bit < BITS; bit++) {
    const [above, below] = [brightness(bit, 0), brightness(bit, 1)]
    if (Math.abs(above - below) < 100) return undefined
    if (above > below) stamp |= 1 << bit
  }
  return stamp
}
