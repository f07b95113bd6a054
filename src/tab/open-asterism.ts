/** The lazy half of the composition: device, store and clock put behind the public API. */
import type { Asterism } from '../ports/asterism.ts'
import { browserClock } from './browser-clock.ts'
import { createAsterism } from './room/create-asterism.ts'
import { loadDeviceKey, loadDrawerKey } from './room/device-key.ts'
import { openDeviceStore } from './storage/open-device-store.ts'

export async function openAsterism(): Promise<Asterism> {
  const [device, drawer, store] = await Promise.all([loadDeviceKey(), loadDrawerKey(), openDeviceStore(browserClock)])
  const base = location.href.split('#')[0] as string
  return createAsterism({ version: __APP_VERSION__, base, device, drawer, store, clock: browserClock, iceServers: [] })
}
