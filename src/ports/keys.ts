/** Keys as deeds: nobody outside the adapter sees key material. */
import type { Bytes } from '../protocol/bytes.ts'
import type { DeviceId } from '../protocol/ids.ts'

export interface DeviceKey {
  readonly id: DeviceId
  sign(claim: Bytes): Promise<Bytes>
}

export type VerifySignature = (device: DeviceId, claim: Bytes, signature: Bytes) => Promise<boolean>
