/**
 * A person to look at and to hear, for the fake camera and microphone: the browser's own test picture is so plain that an
 * encoder uses half of what it is given. A textured head moves before a detailed wall, with a camera's noise, and each frame
 * carries its number in large black and white cells that survive encoding and shrinking. The voice is one steady sound, so that
 * any silence is a gap; or that of one among several, who listens most of the time. Made once, the same on every machine.
 */
import { existsSync } from 'node:fs'
import { open, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '../sim/random.ts'
import { STAMP_BITS, STAMP_CELLS, stampCells } from './talking-head-stamp.ts'

const WIDTH = 640
const HEIGHT = 360
const FPS = 30
/** As many as numbers of a stamp: the clip begins again when they do. */
const FRAMES = 2 ** STAMP_BITS
/** Changes with every change of the picture: an old file would be taken for the new one. */
const VERSION = 1
/** Of 255. Less is smoothed away, more is a broken camera. */
const NOISE = 5
const STAMP_HEIGHT = 40
const SAMPLES_PER_SECOND = 48_000

type Plane = { readonly width: number; readonly height: number; readonly pixels: Uint8Array }
type Picture = readonly [luma: Plane, blue: Plane, red: Plane]

/** In each round of a conversation somebody speaks once, for so long; microphones opened at other times speak at other times. */
export const CONVERSATION_MS = 16_000
const TURN_MS = 2_000
const SPEAKS_FROM_MS = 4_000
/** Of a quiet room, about -66 dB: not digital silence, which no microphone gives. */
const ROOM_NOISE = 16

export type HeadVoice = 'steady' | 'conversation'

/** Flags that put this person before a browser's camera and microphone. */
export async function talkingHeadFlags(kind: HeadVoice = 'steady'): Promise<string[]> {
  const picture = join(tmpdir(), `talking-head-${VERSION}.y4m`)
  if (!existsSync(picture)) await writePicture(picture)
  return [`--use-file-for-fake-video-capture=${picture}`, await headVoiceFlag(kind)]
}

/** The voice alone; the picture stays the browser's own. */
export async function headVoiceFlag(kind: HeadVoice = 'steady'): Promise<string> {
  const voice = join(tmpdir(), `talking-head-${kind}-${VERSION}.wav`)
  if (!existsSync(voice)) await writeWhole(voice, wav(kind === 'steady' ? steadyVoice() : conversationVoice()))
  return `--use-file-for-fake-audio-capture=${voice}`
}

async function writePicture(path: string): Promise<void> {
  const scene = makeScene()
  const made = `${path}.${process.pid}`
  const file = await open(made, 'w')
  try {
    await file.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FPS}:1 Ip A1:1\n`)
    for (let n = 0; n < FRAMES; n++) {
      await file.write('FRAME\n')
      for (const { pixels } of drawFrame(scene, n)) await file.write(pixels)
    }
  } finally {
    await file.close()
  }
  // Another run may be making it too: whoever ends last wins, with the same bytes.
  await rename(made, path)
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const made = `${path}.${process.pid}`
  await writeFile(made, bytes)
  await rename(made, path)
}

type Scene = { readonly wall: Picture; readonly skin: Picture; readonly noise: Uint8Array }

function makeScene(): Scene {
  const random = seededRandom(1)
  const plane = (width: number, height: number, value: (x: number, y: number) => number): Plane => {
    const pixels = new Uint8Array(width * height)
    for (let at = 0; at < pixels.length; at++) pixels[at] = value(at % width, Math.floor(at / width))
    return { width, height, pixels }
  }
  const grain = random.bytes(1 << 16)
  const grainAt = (x: number, y: number) => grain[(x * 31 + y * 2_053) & 0xffff] ?? 0
  // Shelves with books: many edges, both ways.
  const wall = (x: number, y: number) => 60 + (grainAt(x >> 3, y >> 6) >> 1) + (y % 64 < 5 ? -40 : 0) + ((grainAt(x, y) & 15) - 8)
  const skin = (x: number, y: number) => 150 + 30 * Math.sin(x / 9) * Math.cos(y / 13) + ((grainAt(x, y) & 31) - 16)
  const [width, height] = [WIDTH / 2, HEIGHT / 2]
  return {
    wall: [
      plane(WIDTH, HEIGHT, wall),
      plane(width, height, (x, y) => 112 + (grainAt(x >> 2, y >> 5) & 31)),
      plane(width, height, (x, y) => 112 + (grainAt(y >> 5, x >> 2) & 31)),
    ],
    skin: [plane(WIDTH, HEIGHT, skin), plane(width, height, () => 108), plane(width, height, () => 152)],
    noise: Uint8Array.from(random.bytes(1 << 20), (byte) => Math.round((byte / 255) * 2 * NOISE)),
  }
}

function drawFrame({ wall, skin, noise }: Scene, n: number): Picture {
  // Whole turns in the length of the clip, so that its end meets its beginning.
  const turn = (times: number) => (2 * Math.PI * times * n) / FRAMES
  const at = { x: 320 + 40 * Math.sin(turn(4)) + 6 * Math.sin(turn(23)), y: 200 + 14 * Math.sin(turn(7)) }
  const mouth = 4 + 10 * Math.abs(Math.sin(turn(29)))
  const isDark = (x: number, y: number) =>
    (Math.abs(x) < 26 && Math.abs(y - 62) < mouth) || (Math.abs(Math.abs(x) - 34) < 10 && Math.abs(y + 22) < 6)
  const isHead = (x: number, y: number) => (x / 90) ** 2 + (y / 125) ** 2 < 1
  const drawn = wall.map(({ width, height, pixels }, index) => {
    const scale = WIDTH / width
    const over = skin[index] as Plane
    const out = pixels.slice()
    const [left, top] = [Math.round(at.x / scale), Math.round(at.y / scale)]
    for (let y = -Math.ceil(126 / scale); y <= 126 / scale; y++) {
      const row = top + y
      if (row < 0 || row >= height) continue
      for (let x = -Math.ceil(91 / scale); x <= 91 / scale; x++) {
        if (!isHead(x * scale, y * scale)) continue
        const isFeature = index === 0 && isDark(x, y)
        // The skin's texture moves with the head.
        out[row * width + left + x] = isFeature ? 45 : (over.pixels[(y + height / 2) * width + x + width / 2] ?? 128)
      }
    }
    return { width, height, pixels: out }
  })
  const [luma, blue, red] = drawn as unknown as Picture
  addNoise(luma, noise, n)
  stampFrame(luma, n)
  return [luma, blue, red]
}

function addNoise({ pixels }: Plane, noise: Uint8Array, n: number): void {
  // Another part of the noise for each frame; the step is odd, so that parts do not line up.
  const from = (n * 7_919_377) % noise.length
  for (let at = 0; at < pixels.length; at++) {
    pixels[at] = Math.min(235, Math.max(16, (pixels[at] ?? 0) + (noise[(from + at) % noise.length] ?? 0) - NOISE))
  }
}

function stampFrame({ width, pixels }: Plane, n: number): void {
  const cells = stampCells(n)
  for (let at = 0; at < width * STAMP_HEIGHT; at++) pixels[at] = cells[Math.floor(((at % width) * STAMP_CELLS) / width)] ? 235 : 16
}

/** Four tones in whole numbers of waves: it goes round without a click. */
function steadyVoice(): Int16Array<ArrayBuffer> {
  return new Int16Array(2 * SAMPLES_PER_SECOND).map((_, at) => toneAt(at))
}

/** The same tones four syllables a second, for one turn; the room's own noise before and after. */
function conversationVoice(): Int16Array<ArrayBuffer> {
  const random = seededRandom(2)
  const noise = random.bytes(1 << 16)
  return new Int16Array((CONVERSATION_MS / 1000) * SAMPLES_PER_SECOND).map((_, at) => {
    const ms = (1000 * at) / SAMPLES_PER_SECOND - SPEAKS_FROM_MS
    const isTurn = ms >= 0 && ms < TURN_MS
    return (
      (isTurn ? toneAt(at) * Math.abs(Math.sin((4 * Math.PI * ms) / 1000)) : 0) +
      ((noise[at & 0xffff] ?? 0) * ROOM_NOISE) / 128 -
      ROOM_NOISE
    )
  })
}

function toneAt(at: number): number {
  const wave = (hertz: number) => Math.sin((2 * Math.PI * hertz * at) / SAMPLES_PER_SECOND)
  return 4_000 * (wave(220) + wave(440) / 2 + wave(700) / 2 + wave(1_100) / 3)
}

function wav(samples: Int16Array<ArrayBuffer>): Uint8Array {
  const head = new DataView(new ArrayBuffer(44))
  const text = (at: number, word: string) => {
    for (const [n, letter] of [...word].entries()) head.setUint8(at + n, letter.charCodeAt(0))
  }
  text(0, 'RIFF')
  head.setUint32(4, 36 + samples.byteLength, true)
  text(8, 'WAVEfmt ')
  head.setUint32(16, 16, true)
  head.setUint16(20, 1, true)
  head.setUint16(22, 1, true)
  head.setUint32(24, SAMPLES_PER_SECOND, true)
  head.setUint32(28, 2 * SAMPLES_PER_SECOND, true)
  head.setUint16(32, 2, true)
  head.setUint16(34, 16, true)
  text(36, 'data')
  head.setUint32(40, samples.byteLength, true)
  return Buffer.concat([new Uint8Array(head.buffer), new Uint8Array(samples.buffer)])
}
