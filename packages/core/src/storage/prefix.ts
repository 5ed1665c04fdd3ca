// The prefix of a stored object that was read → what a later reader of the object must find there.
import { createHash } from 'node:crypto'

/** The first `bytes` bytes of an object. */
export interface Prefix {
  readonly bytes: number
  /** SHA-256 of these bytes, in hexadecimal. */
  readonly sha256: string
}

/** Bytes at the start of a file that may hold a byte order mark. */
const startBytes = 3

/** Hashes an object as it is read, from its first byte on. */
export class ReadPrefix {
  readonly #earlier: Prefix | undefined
  readonly #hash = createHash('sha256')
  #bytes = 0
  #start: Buffer = Buffer.alloc(0)

  /** @param earlier the prefix that an earlier reader found, if it was recorded */
  constructor(earlier?: Prefix) {
    this.#earlier = earlier
  }

  get now(): Prefix {
    return { bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') }
  }

  /** At most the first three bytes. */
  get start(): Buffer {
    return this.#start
  }

  /** Adds bytes. False if they differ from what the earlier reader found, as far as that is known yet. */
  add(chunk: Buffer): boolean {
    if (this.#start.length < startBytes) {
      this.#start = Buffer.concat([this.#start, chunk.subarray(0, startBytes - this.#start.length)])
    }
    const untilEarlier = (this.#earlier?.bytes ?? 0) - this.#bytes
    if (untilEarlier <= 0 || untilEarlier > chunk.length) {
      this.#update(chunk)
      return true
    }
    this.#update(chunk.subarray(0, untilEarlier))
    const isSame = this.now.sha256 === this.#earlier?.sha256
    this.#update(chunk.subarray(untilEarlier))
    return isSame
  }

  #update(bytes: Buffer): void {
    this.#hash.update(bytes)
    this.#bytes += bytes.length
  }
}
