/**
 * Any file somebody chose, as a picture small enough to be kept, or why not. Its size is looked at before it is decoded, and what
 * comes out was encoded by this page: nothing of the file itself is left, where it was taken for one.
 */
import {
  EFFECT_PICTURE_CHARS,
  EFFECT_PICTURE_FILE_BYTES,
  EFFECT_PICTURE_PIXELS,
  EFFECT_PICTURE_SIDES,
} from '../../protocol/effects-limits.ts'

export type SmallerPicture =
  /** JPEG in base64. */
  { readonly kind: 'made'; readonly text: string } | { readonly kind: 'refused'; readonly reason: 'no-picture' | 'too-large' }

type Size = { readonly width: number; readonly height: number }

export async function smallerPicture(file: Blob): Promise<SmallerPicture> {
  if (file.size > EFFECT_PICTURE_FILE_BYTES) return { kind: 'refused', reason: 'too-large' }
  const size = await sizeOf(file)
  if (size === undefined) return { kind: 'refused', reason: 'no-picture' }
  if (size.width * size.height > EFFECT_PICTURE_PIXELS) return { kind: 'refused', reason: 'too-large' }
  try {
    for (const side of EFFECT_PICTURE_SIDES) {
      const text = await encode(file, size, side)
      if (text.length <= EFFECT_PICTURE_CHARS) return { kind: 'made', text }
    }
    return { kind: 'refused', reason: 'too-large' }
  } catch {
    // A head of a picture with nothing of one behind it.
    return { kind: 'refused', reason: 'no-picture' }
  }
}

/** An image reads the head of a file at once, and decodes it when it is drawn, which this one never is. */
function sizeOf(file: Blob): Promise<Size | undefined> {
  const image = new Image()
  const address = URL.createObjectURL(file)
  return new Promise<Size | undefined>((resolve) => {
    image.onload = () => resolve(image.naturalWidth > 0 ? { width: image.naturalWidth, height: image.naturalHeight } : undefined)
    image.onerror = () => resolve(undefined)
    image.src = address
  }).finally(() => URL.revokeObjectURL(address))
}

async function encode(file: Blob, size: Size, side: number): Promise<string> {
  const scale = Math.min(1, side / Math.max(size.width, size.height))
  const [width, height] = [Math.max(1, Math.round(size.width * scale)), Math.max(1, Math.round(size.height * scale))]
  const bitmap = await createImageBitmap(file, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' })
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  // Where the picture lets something through, there is a white wall.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  return inBase64(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 }))
}

function inBase64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(blob)
  })
}
