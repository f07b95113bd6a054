/** The real hello of one side with the keys of a simulated room: carries effects out at once and in their order. */
import { type HelloEffect, type HelloEvent, type HelloState, startHello } from '../../src/core/room/hello.ts'
import { equalBytes } from '../../src/protocol/bytes.ts'
import { type HelloMessage, tabClaim } from '../../src/protocol/hello.ts'
import type { DeviceId, TabId } from '../../src/protocol/ids.ts'
import type { MembershipEntry } from '../../src/protocol/membership.ts'
import { WIRE, type WireRange } from '../../src/protocol/wire-version.ts'
import type { Brain } from './brain.ts'
import type { Random } from './random.ts'
import type { DeviceKeys, RoomKeys } from './sim-keys.ts'

export type HelloSetting = { readonly brain: Brain; readonly keys: RoomKeys; readonly devices: DeviceKeys; readonly random: Random }

export type HelloParts = {
  readonly tab: TabId
  readonly device: DeviceId
  readonly peer: TabId
  readonly wire?: WireRange
  readonly send: (message: HelloMessage) => void
  readonly entries: () => readonly MembershipEntry[]
  readonly take: (entries: readonly MembershipEntry[]) => void
  readonly ended: (end: HelloEffect & { kind: 'done' | 'refused' }) => void
}

export class SimHello {
  state: HelloState
  readonly #setting: HelloSetting
  readonly #parts: HelloParts

  constructor(setting: HelloSetting, parts: HelloParts) {
    const { keys, devices, random } = setting
    const { tab, device, wire = WIRE } = parts
    this.#setting = setting
    this.#parts = parts
    const certificate = devices.certify(device, tab, () => tabClaim({ room: keys.id, tab, device }))
    this.state = startHello({ tab, device, nonce: random.bytes(16), room: keys.id, wire, certificate }, parts.peer)
  }

  handle(event: HelloEvent): void {
    const { next, effects } = this.#setting.brain.hello(this.state, event)
    this.state = next
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: HelloEffect): void {
    const { keys, devices } = this.#setting
    switch (effect.kind) {
      case 'send':
        this.#parts.send(effect.message)
        break
      case 'check-certificate':
        this.handle({ kind: 'certificate-checked', ok: devices.verify(effect.device, effect.claim, effect.certificate) })
        break
      case 'make-proof':
        this.handle({ kind: 'proof-made', mac: keys.prove(effect.claim) })
        break
      case 'check-proof':
        this.handle({ kind: 'proof-checked', ok: equalBytes(keys.prove(effect.claim), effect.mac) })
        break
      case 'send-entries':
        this.#parts.send({ t: 'entries', entries: [...this.#parts.entries()], last: true })
        this.handle({ kind: 'entries-done' })
        break
      case 'take-entries':
        this.#parts.take(effect.entries)
        break
      case 'done':
      case 'refused':
        this.#parts.ended(effect)
        break
      default:
        effect satisfies never
    }
  }
}
