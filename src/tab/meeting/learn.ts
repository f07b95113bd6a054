/** What is learned over calls: loaded beside the meeting, which does not wait for it. */
import type { Balance } from '../../ports/balance.ts'
import type { BalanceOptions } from '../balance/open-balance.ts'

/** Undefined when it cannot be loaded: then everything goes as plans and links say. */
export async function learn(options: BalanceOptions): Promise<Balance | undefined> {
  try {
    const { openBalance } = await import('../balance/open-balance.ts')
    return await openBalance(options)
  } catch (error) {
    console.info('asterism: nothing is learned in this call', error)
    return undefined
  }
}
