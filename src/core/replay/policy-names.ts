/** What a meeting can be planned again by. */
export const POLICY_NAMES = ['ours', 'nearest', 'turns', 'random', 'star', 'mesh', 'afresh', 'trusting'] as const
export type PolicyName = (typeof POLICY_NAMES)[number]

export function isPolicy(name: string): name is PolicyName {
  return POLICY_NAMES.some((known) => known === name)
}
