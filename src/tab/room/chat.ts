/** Chat is part of the room state: it is there for those who come later and while the relay is away. */
import { cleanMessage } from '../../core/room/chat-text.ts'
import type { Chat } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RoomState } from '../../ports/room-state.ts'
import { toBase64Url } from '../../protocol/bytes.ts'
import type { DeviceId } from '../../protocol/ids.ts'

export function createChat(options: {
  state: RoomState
  device: DeviceId
  clock: Clock
  nameOf: (device: DeviceId) => string
  random: (bytes: number) => Uint8Array
}): Chat {
  const { state, device, clock, nameOf } = options
  return {
    get messages() {
      return state.chat.messages().map(({ id, from, text, atMs }) => ({ id, from, name: nameOf(from), isMe: from === device, text, atMs }))
    },
    send(text) {
      const clean = cleanMessage(text)
      if (clean !== '') state.chat.push({ id: toBase64Url(options.random(12)), from: device, text: clean, atMs: clock.nowMs() })
    },
    subscribe(listener) {
      const stops = [state.chat.subscribe(listener), state.profiles.subscribe(listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}
