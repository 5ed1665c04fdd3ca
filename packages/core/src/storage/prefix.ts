// The bytes of a stored object up to where it has been read → what a later reader of the same object must find there.
import { createHash } from 'node:crypto'

/** The first `bytes` bytes of an object. */
export interface Prefix {
  readonly bytes: number
  /** Of these bytes, hexadecimal. */
  readonly sha256: string
}

/** The bytes at the start of a file in which a byte order mark would be. */
const startBytes = 3

/** An object as it is read, from its first byte on. */
export class ReadPrefix {
  readonly #earlier: Prefix | undefined
  readonly #hash = createHash('sha256')
  #bytes = 0
  #start: Buffer = Buffer.alloc(0)

  /** @param earlier what an earlier reader found, if it was kept */
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

  /** Says whether the bytes are the ones that an earlier reader found, as far as that can be said already. */
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
