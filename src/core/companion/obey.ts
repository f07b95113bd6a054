/** What a device does with a wish of its person's other device, and of whom it takes one: of that device alone, as the session says. */
import type { DeviceId } from '../../protocol/ids.ts'
import type { Steering } from '../../protocol/side-talk.ts'

export type Deed =
  | { readonly kind: 'microphone' | 'camera'; readonly on: boolean }
  | { readonly kind: 'stop-screen' }
  /** Browsers share a screen for a press on the device itself. */
  | { readonly kind: 'ask-screen' }
  | { readonly kind: 'hand'; readonly raised: boolean }
  | { readonly kind: 'look'; readonly layout: Extract<Steering, { what: 'look' }>['layout'] }
  | { readonly kind: 'leave' }
  | { readonly kind: 'part'; readonly isSecond: boolean }

/** Undefined: it comes from somebody who has no say here. `from`: whom the link belongs to; `companion`: what both devices signed. */
export function obey(steering: Steering, from: DeviceId, companion: DeviceId | undefined): Deed | undefined {
  if (from !== companion) return undefined
  switch (steering.what) {
    case 'microphone':
    case 'camera':
      return { kind: steering.what, on: steering.on }
    case 'screen':
      return { kind: steering.on ? 'ask-screen' : 'stop-screen' }
    case 'hand':
      return { kind: 'hand', raised: steering.raised }
    case 'look':
      return { kind: 'look', layout: steering.layout }
    case 'leave':
      return { kind: 'leave' }
    case 'part':
      return { kind: 'part', isSecond: steering.isSecond }
    default:
      return steering satisfies never
  }
}

export type Standing = { readonly other: DeviceId | undefined; readonly isSecond: boolean }

/** Silent from the moment a device becomes the second one; what it is turned on for after that is its person's wish. */
export function becomesSilent(before: Standing, now: Standing): boolean {
  return now.isSecond && !before.isSecond
}

/** Who was parted from says so too, or naming it again would be a pair that the other never agreed to. */
export function isPartedBy(before: Standing, now: Standing, isInCall: boolean): boolean {
  return isInCall && before.other !== undefined && now.other === undefined
}
