/** The messages of a pairing: this tab shows a code, or has typed one in and asks around. The rules of it are in core/companion. */
import { codeFrom } from '../../core/companion/code.ts'
import { areSame, EXPONENT_BYTES, secretOf, shareOf } from '../../core/companion/exchange.ts'
import { answerOnce, type Offer, offerOf } from '../../core/companion/offer.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { PAIR_ANSWER_MS, PAIR_ASKED, PAIR_MS } from '../../protocol/limits.ts'
import type { SideMessage } from '../../protocol/side-talk.ts'
import type { From, SideTalk } from '../side/side-talk.ts'
import { proofsOf, seedOf } from './prove.ts'

export type PairingParts = {
  readonly me: DeviceId
  readonly links: Pick<Links, 'all'>
  readonly side: Pick<SideTalk, 'tell'>
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  /** The other side has proved that it was told the code this tab shows. */
  readonly accepted: (device: DeviceId) => void
  readonly changed: () => void
}

type Asked = { readonly device: DeviceId; readonly exponent: Bytes; readonly share: Bytes }
type Asking = { readonly asked: ReadonlyMap<TabId, Asked>; readonly done: (device: DeviceId) => void }

export class Pairing {
  #offer: Offer | undefined
  /** What each that was answered would have to prove. */
  #expected = new Map<TabId, Bytes>()
  #asking: Asking | undefined
  #stopOffer: (() => void) | undefined
  readonly #parts: PairingParts

  constructor(parts: PairingParts) {
    this.#parts = parts
  }

  get code(): string | undefined {
    return this.#offer?.code
  }

  offer(): string {
    const { clock, random } = this.#parts
    this.#end()
    let code: string | undefined
    while (code === undefined) code = codeFrom(random(4))
    this.#offer = offerOf(code, clock.monotonicMs())
    this.#stopOffer = clock.after(PAIR_MS, () => this.withdraw())
    this.#parts.changed()
    return code
  }

  withdraw(): void {
    this.#end()
    this.#parts.changed()
  }

  /** Asks all other devices at once, each in an exchange of its own. Resolves with the one that shows this code. */
  async ask(code: string): Promise<DeviceId | undefined> {
    const { me, links, side, clock, random } = this.#parts
    const others = links.all().filter(({ device, state }) => device !== me && state === 'connected')
    const asked = await Promise.all(
      others.slice(0, PAIR_ASKED).map(async ({ peer, device }): Promise<[TabId, Asked]> => {
        const exponent = random(EXPONENT_BYTES)
        return [peer, { device, exponent, share: shareOf(await seedOf(code, { shows: device, types: me }), exponent) }]
      }),
    )
    return new Promise((resolve) => {
      const settle = (device: DeviceId | undefined) => {
        stop()
        if (this.#asking === asking) this.#asking = undefined
        resolve(device)
      }
      const asking: Asking = { asked: new Map(asked), done: settle }
      const stop = clock.after(PAIR_ANSWER_MS, () => settle(undefined))
      this.#asking = asking
      for (const [tab, { share }] of asked) side.tell(tab, { t: 'pair', share })
    })
  }

  async hear(from: From, message: SideMessage): Promise<void> {
    if (message.t === 'pair') await this.#answer(from, message.share)
    else if (message.t === 'pair-answer') await this.#check(from, message.share, message.proof)
    else if (message.t === 'pair-proof') this.#accept(from, message.proof)
  }

  async #answer({ tab, device }: From, typed: Bytes): Promise<void> {
    const { me, side, clock, random } = this.#parts
    const counted = answerOnce(this.#offer, device, clock.monotonicMs())
    if (counted === undefined || device === me) return
    this.#offer = counted
    const exponent = random(EXPONENT_BYTES)
    const secret = secretOf(typed, exponent)
    if (secret === undefined) return
    const sides = { shows: me, types: device }
    const shown = shareOf(await seedOf(counted.code, sides), exponent)
    const proofs = await proofsOf(secret, { shown, typed }, sides)
    if (this.#offer?.code !== counted.code) return
    this.#expected.set(tab, proofs.byTyping)
    side.tell(tab, { t: 'pair-answer', share: shown, proof: proofs.byShowing })
  }

  async #check({ tab, device }: From, shown: Bytes, proof: Bytes): Promise<void> {
    const asking = this.#asking
    const asked = asking?.asked.get(tab)
    if (asking === undefined || asked?.device !== device) return
    const secret = secretOf(shown, asked.exponent)
    if (secret === undefined) return
    const proofs = await proofsOf(secret, { shown, typed: asked.share }, { shows: device, types: this.#parts.me })
    if (!areSame(proofs.byShowing, proof) || this.#asking !== asking) return
    this.#parts.side.tell(tab, { t: 'pair-proof', proof: proofs.byTyping })
    asking.done(device)
  }

  #accept({ tab, device }: From, proof: Bytes): void {
    const expected = this.#expected.get(tab)
    this.#expected.delete(tab)
    if (expected === undefined || !areSame(expected, proof)) return
    this.withdraw()
    this.#parts.accepted(device)
  }

  #end(): void {
    this.#offer = undefined
    this.#expected = new Map()
    this.#stopOffer?.()
  }
}
