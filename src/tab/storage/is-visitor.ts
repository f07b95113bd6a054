/** Phones and metered networks keep nothing for the room unless their owner says so: their rows would cost money and be gone often. */
type Hints = {
  readonly userAgentData?: { readonly mobile?: boolean }
  readonly connection?: { readonly saveData?: boolean; readonly type?: string }
}

export function isVisitorByNature(hints: Hints = globalThis.navigator as Hints): boolean {
  const { userAgentData, connection } = hints ?? {}
  return userAgentData?.mobile === true || connection?.saveData === true || connection?.type === 'cellular'
}
