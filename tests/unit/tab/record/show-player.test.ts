import { afterEach, expect, test, vi } from 'vitest'
import type { Show } from '../../../../src/protocol/control.ts'
import { ShowPlayer } from '../../../../src/tab/record/show-player.ts'
import type { SoundMix } from '../../../../src/tab/record/sound-mix.ts'
import type { ToolParts } from '../../../../src/tab/tools/parts.ts'

afterEach(() => vi.unstubAllGlobals())

const SHOW = { id: 'show', source: { kind: 'file', file: 'film' } } as unknown as Show
const TRACK = { kind: 'video' } as MediaStreamTrack

/** What a player gives of its picture: a track while it has one. */
class Captured extends EventTarget {
  readonly tracks: MediaStreamTrack[] = []

  getVideoTracks(): readonly MediaStreamTrack[] {
    return this.tracks
  }

  begin(): void {
    this.tracks.push(TRACK)
    this.dispatchEvent(new Event('addtrack'))
  }

  end(): void {
    this.tracks.pop()
  }
}

async function watching(onTrack: (player: ShowPlayer) => void) {
  const picture = new Captured()
  const video = { captureStream: () => picture, removeAttribute: () => {}, load: () => {} }
  vi.stubGlobal('document', { createElement: () => video })
  const follow = vi.fn(() => ({ stop: () => {} }))
  const files = { list: () => [{ id: 'film', bytes: 1, type: 'video/webm' }], url: () => '/film' }
  const parts = { files, call: { tools: async () => ({ watch: { follow } }) } } as unknown as ToolParts
  const player: ShowPlayer = new ShowPlayer(parts, { hearPlayer: () => {} } as unknown as SoundMix, () => onTrack(player))
  player.follow(SHOW)
  await vi.waitFor(() => expect(follow).toHaveBeenCalled())
  return { picture, player }
}

test('[RECORD-17] the track of a film that is nearly over is had the moment it is there, and stays when it is gone', async () => {
  const seen: unknown[] = []
  const { picture, player } = await watching(({ track }) => seen.push(track))
  expect(seen).toEqual([])
  picture.begin()
  expect(seen).toEqual([TRACK])
  picture.end()
  expect(player.track).toBe(TRACK)
})

test('[RECORD-17] of a show that is over nothing is told any more', async () => {
  const seen: unknown[] = []
  const { picture, player } = await watching(({ track }) => seen.push(track))
  player.close()
  picture.begin()
  expect(seen).toEqual([])
})
