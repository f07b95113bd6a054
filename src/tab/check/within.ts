/** A look at this device ends: what a browser does not answer in time stands in the result as not answered. */
import type { Clock } from '../../ports/clock.ts'

export async function within<T>(clock: Clock, ms: number, look: Promise<T>): Promise<T | undefined> {
  let stop = () => {}
  const late = new Promise<undefined>((resolve) => {
    stop = clock.after(ms, () => resolve(undefined))
  })
  try {
    return await Promise.race([look.catch(() => undefined), late])
  } finally {
    stop()
  }
}
