/** The parts of a tab without the room that holds them to their duties: tests drive them as strangers and liars would. */

import { encodeFrame } from '../../../src/protocol/frame.ts'
import { HELLO_PROTOCOL } from '../../../src/protocol/hello.ts'
import { CONTROL_FRAME_BYTES } from '../../../src/protocol/limits.ts'
import { parseRoomLink } from '../../../src/protocol/room-link.ts'
import { encodeDataFrame } from '../../../src/protocol/transfer.ts'
import { browserClock } from '../../../src/tab/browser-clock.ts'
import { openLinks } from '../../../src/tab/link/open-links.ts'
import { openMesh } from '../../../src/tab/mesh/open-mesh.ts'
import { relayAddress } from '../../../src/tab/mesh/relay-address.ts'
import { loadDeviceKey } from '../../../src/tab/room/device-key.ts'
import { verifySignature } from '../../../src/tab/room/ed25519.ts'
import { openMembershipLog } from '../../../src/tab/room/membership-log.ts'
import { deriveRoomKeys } from '../../../src/tab/room/room-keys.ts'
import { runHello } from '../../../src/tab/room/run-hello.ts'

const parts = {
  CONTROL_FRAME_BYTES,
  HELLO_PROTOCOL,
  parseRoomLink,
  browserClock,
  openMesh,
  relayAddress,
  loadDeviceKey,
  openMembershipLog,
  deriveRoomKeys,
  runHello,
  openLinks,
  verifySignature,
  encodeFrame,
  encodeDataFrame,
}
export type HostileParts = typeof parts
Object.assign(globalThis, { hostileParts: parts })
