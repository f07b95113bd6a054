/** How busy the processor is, and what the book of this device says. */
import { clientProfile } from '../../core/balance/client-profile.ts'
import { talliesOf } from '../../core/balance/profile-book.ts'
import { type LearnedFound, PRESSURES, type Pressure } from '../../core/check/findings.ts'
import type { CallStats } from '../../ports/asterism.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { CHECK_PRESSURE_MS } from '../../protocol/limits.ts'
import { probeAbilities } from '../balance/probe-abilities.ts'
import { loadProfiles } from '../balance/profile-store.ts'
import { loadDrawerKey } from '../room/device-key.ts'

/** Not in the types yet: https://www.w3.org/TR/compute-pressure/ */
type Observer = { observe(source: 'cpu', options: { readonly sampleInterval: number }): Promise<void>; disconnect(): void }
type Observing = new (callback: (records: readonly { readonly state: string }[]) => void) => Observer

/** Undefined: the browser does not tell, or has not yet. */
export async function readPressure(clock: Clock): Promise<Pressure | undefined> {
  const { PressureObserver } = globalThis as unknown as { readonly PressureObserver?: Observing }
  if (PressureObserver === undefined) return undefined
  let stop = () => {}
  const told = new Promise<string | undefined>((resolve) => {
    const observer = new PressureObserver((records) => resolve(records.at(-1)?.state))
    stop = () => observer.disconnect()
    clock.after(CHECK_PRESSURE_MS, () => resolve(undefined))
    observer.observe('cpu', { sampleInterval: CHECK_PRESSURE_MS / 3 }).catch(() => resolve(undefined))
  })
  const state = await told
  stop()
  return PRESSURES.find((one) => one === state)
}

export async function readLearned(
  values: ValueStore,
  random: (bytes: number) => Bytes,
  stats: CallStats | undefined,
): Promise<LearnedFound> {
  const { book } = await loadProfiles({ values, key: await loadDrawerKey(), random })
  const carriers = [...book.carriers.values()].flatMap((row) =>
    [...row].map(([name, { tries, successes }]) => ({ name, tries, successes })),
  )
  const reached = [...book.reaches.values()].filter(({ tally }) => tally.failedInRow === 0)
  const ways = (path: 'direct' | 'relayed') => reached.filter((one) => one.path === path).length
  return {
    techniques: [...talliesOf(book, clientProfile(probeAbilities()))].map(([name, { tries, successes }]) => ({ name, tries, successes })),
    carriers: ['channel', 'pipe'].flatMap((name) => {
      const rows = carriers.filter((one) => one.name === name)
      const sum = (of: 'tries' | 'successes') => rows.reduce((total, row) => total + row[of], 0)
      return rows.length === 0 ? [] : [{ name, tries: sum('tries'), successes: sum('successes') }]
    }),
    reached: { direct: ways('direct'), relayed: ways('relayed'), not: book.reaches.size - reached.length },
    decisions: (stats?.decisions ?? []).map(({ why }) => why),
  }
}
