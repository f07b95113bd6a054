import type { Person } from '../../../../src/core/record/arrange-picture.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'

/** Somebody with a camera, in one tab of one device, both named like the person. */
export function person(name: string, change: Partial<Person> = {}): Person {
  return {
    tab: name as TabId,
    device: name as DeviceId,
    name,
    hasCamera: true,
    hasScreen: false,
    isSpeaking: false,
    isHidden: false,
    ...change,
  }
}
