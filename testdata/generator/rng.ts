// Random numbers that are a pure function of seed, stream name and index: record i needs none before it.

/** The sfc32 generator: 128 bits of state, of which three words are the caller's. */
export class Rng {
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor(a: number, b: number, c: number, counter: number) {
    this.#a = a | 0
    this.#b = b | 0
    this.#c = c | 0
    this.#counter = counter | 0
    // Neighbouring indexes differ in one bit; the state needs about a dozen steps to spread it everywhere.
    for (let step = 0; step < 12; step++) this.next()
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    const out = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + out) | 0
    return out >>> 0
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 4294967296) * limit)
  }

  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}

/** Returns the maker of a stream's generators: one independent generator for each index. */
export function stream(seed: number, name: string): (index: number) => Rng {
  const low = seed >>> 0
  const high = Math.floor(seed / 4294967296) >>> 0
  const nameHash = hash(name)
  return index => new Rng(low, nameHash, index, high + 1)
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value
}
