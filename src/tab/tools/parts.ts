/** What the tools of a call are made of. */
import type { Call, Files, RoomStatus } from '../../ports/asterism.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/link.ts'
import type { CallSession } from '../../ports/meeting.ts'
import type { Presence } from '../../ports/room-state.ts'
import type { Composite } from '../../ports/tools.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { SharedOnce } from '../record/shared-once.ts'
import type { SideTalk } from '../side/side-talk.ts'

export type ToolParts = {
  readonly call: Call
  readonly session: CallSession
  readonly links: Links
  readonly presence: Presence
  readonly files: Files
  readonly values: ValueStore
  /** Whether the browser keeps what this device stores. */
  readonly storage: RoomStatus['storage']
  readonly side: SideTalk
  /** Of this call, which are being made now. */
  readonly composites: SharedOnce<Composite>
  readonly nameOf: (device: DeviceId) => string
  /** Of the relay. */
  readonly origin: string
  readonly iceServers: readonly RTCIceServer[]
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  readonly signal: AbortSignal
  readonly notify: (code: RoomErrorCode, detail: string) => void
}
