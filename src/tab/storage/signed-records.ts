/** What the room says of its files and their places, as far as it is signed by those it names. */
import { latestPlanSequence } from '../../core/storage/judge-record.ts'
import type { RoomState } from '../../ports/room-state.ts'
import type { RoomId } from '../../protocol/ids.ts'
import {
  type DeviceRecord,
  deviceClaim,
  type HoldingRecord,
  holdingClaim,
  holdingKey,
  type PlanRecord,
  planClaim,
} from '../../protocol/object.ts'
import { type BinRecord, type FileRecord, fileClaim } from '../../protocol/room-state.ts'
import { VerifiedMap, type VerifiedParts } from './verified-map.ts'

export type SignedRecords = {
  readonly files: VerifiedMap<FileRecord>
  /** The file in it is signed; that it was taken out anybody may say. */
  readonly bin: VerifiedMap<BinRecord>
  readonly plans: VerifiedMap<PlanRecord>
  readonly holdings: VerifiedMap<HoldingRecord>
  readonly devices: VerifiedMap<DeviceRecord>
  settled(): Promise<void>
}

/** Files come first: a newcomer sees the list before all that is said of it was checked. */
export function openSignedRecords(parts: VerifiedParts & { readonly room: RoomId; readonly state: RoomState }): SignedRecords {
  const { room, state } = parts
  const numbered = {
    signature: (record: { signature: Uint8Array<ArrayBuffer> }) => record.signature,
    sequence: (record: { sequence: number }) => record.sequence,
    // A device that counts its own records wrongly does harm to nobody else.
    sequenceMax: () => Number.MAX_SAFE_INTEGER,
  }
  const bin = new VerifiedMap(
    state.bin,
    {
      signer: ({ file }) => file.addedBy,
      claim: ({ file }) => fileClaim(room, file),
      signature: ({ file }) => file.signature,
      sequence: () => 0,
      sequenceMax: () => 0,
      isInPlace: (key, { file }) => key === file.id,
      stays: () => false,
    },
    parts,
  )
  const files = new VerifiedMap(
    state.files,
    {
      signer: ({ addedBy }) => addedBy,
      claim: (file) => fileClaim(room, file),
      signature: ({ signature }) => signature,
      sequence: () => 0,
      sequenceMax: () => 0,
      isInPlace: (key, file) => key === file.id,
      // Files leave by the bin alone, and it is written first.
      stays: (key) => state.bin.get(key) === undefined,
    },
    parts,
  )
  const later = { ...parts, before: () => files.settled() }
  const plans = new VerifiedMap(
    state.plans,
    {
      ...numbered,
      signer: ({ by }) => by,
      claim: (plan) => planClaim(room, plan),
      sequenceMax: latestPlanSequence,
      isInPlace: (key, plan) => key === plan.object,
      stays: () => false,
    },
    later,
  )
  const holdings = new VerifiedMap(
    state.holdings,
    {
      ...numbered,
      signer: ({ device }) => device,
      claim: (holding) => holdingClaim(room, holding),
      isInPlace: (key, { object, device }) => key === holdingKey(object, device),
      stays: (_key, { device }) => device === parts.self,
    },
    later,
  )
  const devices = new VerifiedMap(
    state.devices,
    {
      ...numbered,
      signer: ({ device }) => device,
      claim: (record) => deviceClaim(room, record),
      isInPlace: (key, { device }) => key === device,
      stays: (_key, { device }) => device === parts.self,
    },
    later,
  )
  const all = [files, bin, plans, holdings, devices]
  return { files, bin, plans, holdings, devices, settled: async () => void (await Promise.all(all.map((map) => map.settled()))) }
}
