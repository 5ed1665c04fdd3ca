// Appends text to a new file in large pieces, so that memory stays bounded whatever the size.
import { type FileHandle, open } from 'node:fs/promises'

/** UTF-16 units: smaller means more system calls; larger lets strings grow old, which slows collection. */
const pieceUnits = 65_536

export class Output {
  readonly #handle: FileHandle
  #held: string[] = []
  #heldUnits = 0

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  static async create(path: string): Promise<Output> {
    return new Output(await open(path, 'w'))
  }

  /** True when it is time to `flush`, and to wait for it. */
  get full(): boolean {
    return this.#heldUnits >= pieceUnits
  }

  write(text: string): void {
    this.#held.push(text)
    this.#heldUnits += text.length
  }

  async flush(): Promise<void> {
    if (this.#heldUnits === 0) return
    const piece = this.#held.join('')
    this.#held = []
    this.#heldUnits = 0
    await this.#handle.appendFile(piece)
  }

  /** Writes what is buffered and closes the file; `discard` closes it only. */
  async close({ discard = false } = {}): Promise<void> {
    try {
      if (!discard) await this.flush()
    } finally {
      await this.#handle.close()
    }
  }
}
