/**
 * Credit: how many bytes one side of a link may send. The asker opens a window and hands back what its store has taken;
 * a holder spends. Data channels have no receive back-pressure, so this is what bounds an asker's memory.
 * Only payload counts.
 */
import { CREDIT_STEP_BYTES, CREDIT_WINDOW_BYTES } from '../../protocol/limits.ts'

/** The asker's side. `openBytes`: granted and not yet arrived. `owedBytes`: taken by the store and not yet granted again. */
export type Allowance = { readonly openBytes: number; readonly owedBytes: number }

export const NO_ALLOWANCE: Allowance = { openBytes: 0, owedBytes: 0 }
export const FULL_ALLOWANCE: Allowance = { openBytes: CREDIT_WINDOW_BYTES, owedBytes: 0 }

export type Arrival =
  | { readonly kind: 'within'; readonly next: Allowance }
  | { readonly kind: 'refused'; readonly reason: 'credit-exceeded' }

export function arrive(allowance: Allowance, bytes: number): Arrival {
  if (bytes > allowance.openBytes) return { kind: 'refused', reason: 'credit-exceeded' }
  return { kind: 'within', next: { ...allowance, openBytes: allowance.openBytes - bytes } }
}

/** Granted in steps: one command per step instead of one per block. */
export function handBack(allowance: Allowance, bytes: number): { readonly next: Allowance; readonly grantBytes: number } {
  const owedBytes = allowance.owedBytes + bytes
  if (owedBytes < CREDIT_STEP_BYTES) return { next: { ...allowance, owedBytes }, grantBytes: 0 }
  return { next: { openBytes: allowance.openBytes + owedBytes, owedBytes: 0 }, grantBytes: owedBytes }
}

/** The holder's side: credit beyond one window is worth nothing, so no asker makes us promise more. */
export function addCredit(creditBytes: number, grantBytes: number): number {
  return Math.min(CREDIT_WINDOW_BYTES, creditBytes + grantBytes)
}
