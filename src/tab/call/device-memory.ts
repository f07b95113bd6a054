/** The chosen camera, microphone and speaker and what is done to them, kept from visit to visit on this device. Names of devices stay with it. */
import * as v from 'valibot'
import { BACKGROUNDS } from '../../protocol/backgrounds.ts'
import type { DeviceMemory } from './local-devices.ts'

const KEY = 'asterism.devices'
const id = v.pipe(v.string(), v.maxLength(512))
const chosen = v.object({
  microphone: id,
  camera: id,
  speaker: id,
  noise: v.optional(v.picklist(['off', 'on']), 'off'),
  background: v.optional(v.picklist(BACKGROUNDS), 'none'),
})

/** `storage` throws where the browser keeps nothing for this page: then nothing is remembered. */
export function deviceMemory(storage: () => Pick<Storage, 'getItem' | 'setItem'>): DeviceMemory {
  return {
    load() {
      try {
        const result = v.safeParse(chosen, JSON.parse(storage().getItem(KEY) ?? 'null'))
        return result.success ? result.output : undefined
      } catch {
        return undefined
      }
    },
    save(choice) {
      try {
        storage().setItem(KEY, JSON.stringify(choice))
      } catch {
        // The choice holds for this visit.
      }
    },
  }
}
