/** What is quoted in a line calls tabs by their ids. Here they become words: this device, the numbers their ways have, or somebody else. */
import type { TabId } from '../../protocol/ids.ts'
import type { WayFound } from './findings.ts'

/** Media ids that no tab answers to any more, and ids of tabs without a way. */
const ANY_ID = /#\d+|\b[1-9A-HJ-NP-Za-km-z]{46,60}\b/g

export function callByNumber(text: string, self: TabId, ways: readonly WayFound[]): string {
  const called = ways.reduce((words, { tab }, nth) => words.replaceAll(tab, wayName(nth)), text.replaceAll(self, 'this device'))
  return called.replaceAll(ANY_ID, 'somebody else')
}

export function wayName(nth: number): string {
  return `Person ${nth + 1}`
}
