/** One number for everything that happened, in order: two runs of a seed are the same run exactly when it is the same. */
export class Trace {
  #low = 0x811c9dc5
  #high = 0x01000193

  add(text: string): void {
    let low = this.#low
    let high = this.#high
    for (let n = 0; n < text.length; n++) {
      const code = text.charCodeAt(n)
      low = Math.imul(low ^ code, 0x01000193)
      high = Math.imul(high ^ code, 0x85ebca6b)
    }
    this.#low = Math.imul(low ^ 0xff, 0x01000193)
    this.#high = Math.imul(high ^ (low >>> 15), 0xc2b2ae35)
  }

  addNumber(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193)
    this.#high = Math.imul(this.#high ^ value, 0x85ebca6b)
  }

  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }
}
