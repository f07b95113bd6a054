/** How safe somebody wants a file to be, as text in plans and in the public API, and as a value in core. */
export type Profile =
  /** No redundancy: spread for speed alone. */
  | { readonly kind: 'raid0' }
  /** So many copies, each on a device of its own. */
  | { readonly kind: 'raid1'; readonly copies: number }
  /** One parity row: any one device may be lost. */
  | { readonly kind: 'raid5' }
  /** Two parity rows: any two devices may be lost. */
  | { readonly kind: 'raid6' }
  /** Rows without parity, each on two devices. */
  | { readonly kind: 'raid10' }
  /** Readable with this probability when somebody comes, by the least storage; never below the floor of three devices. */
  | { readonly kind: 'nines'; readonly target: number }

export const DEFAULT_PROFILE = 'nines(0.999)'

const COPIES_MAX = 32
const TARGET_MIN = 0.5
const TARGET_MAX = 0.999999

export function parseProfile(text: string): Profile | undefined {
  const match = /^(raid0|raid5|raid6|raid10)$|^raid1\((\d{1,2})\)$|^nines\((0\.\d{1,6})\)$/.exec(text)
  if (match === null) return undefined
  const [, plain, copiesText, targetText] = match
  if (plain !== undefined) return { kind: plain as 'raid0' | 'raid5' | 'raid6' | 'raid10' }
  if (copiesText !== undefined) {
    const copies = Number(copiesText)
    return copies >= 1 && copies <= COPIES_MAX ? { kind: 'raid1', copies } : undefined
  }
  const target = Number(targetText)
  return target >= TARGET_MIN && target <= TARGET_MAX ? { kind: 'nines', target } : undefined
}
