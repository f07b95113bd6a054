/**
 * The acts of a room's meetings on this device: checked at the door, signed when they are ours, kept sealed, and told on.
 * Every tab of the room keeps them, whether it is in a call or not, so that what was decided outlives whoever decided it.
 */
import { type Acts, actsToTell, addActs } from '../../core/session/acts.ts'
import { nextSequence } from '../../core/session/fold-control.ts'
import type { Roles } from '../../core/session/say.ts'
import { seal, unseal } from '../../pipeline/seal.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceKey, VerifySignature } from '../../ports/keys.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { actClaim, type Saying, type SignedAct, signedActs } from '../../protocol/control.ts'
import { RoomError } from '../../protocol/errors.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'
import type { RoomId, TabId } from '../../protocol/ids.ts'
import { ACTS, STATE_BYTES } from '../../protocol/limits.ts'

export type ActLogParts = {
  readonly room: RoomId
  readonly device: DeviceKey
  /** Seals what lies on the disk. */
  readonly key: CryptoKey
  readonly values: ValueStore
  readonly verify: VerifySignature
  readonly roles: () => Roles
  readonly clock: Clock
}

/** What this device says, and about whom. */
export type Draft = { readonly says: Saying; readonly subject?: string }

type Told = (frame: Bytes, from: TabId | undefined) => void

/** Changes of one moment are written to the disk together. */
const SAVE_AFTER_MS = 100

export class ActLog {
  acts: Acts = new Map()
  readonly #parts: ActLogParts
  readonly #told = new Set<Told>()
  readonly #changed: () => void
  #writing: Promise<void> = Promise.resolve()
  #isSaving = false

  /** `changed`: the set grew. */
  constructor(parts: ActLogParts, changed: () => void) {
    this.#parts = parts
    this.#changed = changed
  }

  async load(): Promise<void> {
    const { values, key } = this.#parts
    const sealed = await values.load(this.#name).catch(() => undefined)
    const saved = sealed && (await unseal(key, sealed, this.#context))
    const parsed = saved && parseFrame(saved, signedActs, STATE_BYTES)
    // It was checked when it came, and nobody else has the key of what lies here.
    if (parsed?.kind === 'ok') this.#add(parsed.message.acts, Number.NEGATIVE_INFINITY)
  }

  /** All that a newcomer has to know. */
  frames(): readonly Bytes[] {
    return framesOf(actsToTell(this.acts, this.#parts.clock.nowMs()))
  }

  /** What another tab told. Throws when it is malformed or forged. */
  async take(frame: Bytes, from: TabId): Promise<void> {
    const { room, verify, clock } = this.#parts
    const parsed = parseFrame(frame, signedActs, STATE_BYTES)
    if (parsed.kind === 'refused') throw new RoomError(parsed.reason, 'acts')
    const { acts } = parsed.message
    const valid = await Promise.all(acts.map((act) => verify(act.by, actClaim(room, act), act.signature)))
    if (valid.includes(false)) throw new RoomError('signature-invalid', 'act')
    this.#tell(this.#add(acts, clock.nowMs()), from)
  }

  /** One after another: `drafts` sees what was written before. Resolves when it is signed and on its way. */
  write(drafts: () => readonly Draft[]): Promise<void> {
    const writing = this.#writing.then(async () => {
      const signed = await Promise.all(drafts().map((draft) => this.#sign(draft)))
      this.#tell(this.#add(signed, this.#parts.clock.nowMs()), undefined)
    })
    this.#writing = writing.catch(() => {})
    return writing
  }

  onTold(listener: Told): () => void {
    this.#told.add(listener)
    return () => this.#told.delete(listener)
  }

  async #sign({ says, subject = '' }: Draft): Promise<SignedAct> {
    const { room, device, roles, clock } = this.#parts
    const nowMs = clock.nowMs()
    const sequence = nextSequence(this.acts, { kind: says.t, by: device.id }, roles(), nowMs)
    const act = { kind: says.t, subject, says: encodeFrame(says), by: device.id, atMs: nowMs, sequence }
    return { ...act, signature: await device.sign(actClaim(room, act)) }
  }

  #add(acts: readonly SignedAct[], heardAtMs: number): readonly SignedAct[] {
    const { roles, clock } = this.#parts
    const { next, added } = addActs(this.acts, acts, { roles: roles(), heardAtMs, nowMs: clock.nowMs() })
    this.acts = next
    return added
  }

  #tell(added: readonly SignedAct[], from: TabId | undefined): void {
    if (added.length === 0) return
    this.#changed()
    for (const frame of framesOf(added)) for (const told of this.#told) told(frame, from)
    this.#saveSoon()
  }

  #saveSoon(): void {
    if (this.#isSaving) return
    this.#isSaving = true
    this.#parts.clock.after(SAVE_AFTER_MS, () => {
      this.#isSaving = false
      // A full disk is told of by others; the acts are with everybody who is here.
      void this.#save().catch(() => {})
    })
  }

  async #save(): Promise<void> {
    const { values, key, clock } = this.#parts
    const acts = actsToTell(this.acts, clock.nowMs())
    await values.save(this.#name, await seal(key, encodeFrame({ t: 'acts', acts: acts.slice(-ACTS) }), this.#context))
  }

  get #name(): string {
    return `room/${this.#parts.room}/acts`
  }

  get #context(): Bytes {
    return encodeFrame(['asterism acts 1', this.#parts.room])
  }
}

function framesOf(acts: readonly SignedAct[]): readonly Bytes[] {
  const count = Math.ceil(acts.length / ACTS)
  return Array.from({ length: count }, (_, n) => encodeFrame({ t: 'acts', acts: acts.slice(n * ACTS, (n + 1) * ACTS) }))
}
