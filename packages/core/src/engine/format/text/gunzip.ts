// gzip bytes → the bytes inside, with what was good before a fault, and an end to what expands beyond measure.
import { createGunzip } from 'node:zlib'
import { LadingError } from '../../../errors/lading-error.ts'
import { turn } from '../../../util/event-loop.ts'

/** Output for each byte of input; real files of text stay below 20, a bomb reaches 1,030. */
const maxRatio = 200
/** Output that is allowed whatever the ratio: a small file of equal lines is no bomb. */
const freeBytes = 1024 * 1024
/**
 * Bytes that zlib is given at a time. How much it hands out before an error depends on how it is fed, so that a
 * fixed size makes the outcome the same however the file arrived; and a small one bounds what a piece becomes.
 */
const pieceBytes = 8 * 1024
/** Bytes behind which others have their turn: a piece can become a thousand times as much, and take as long to decode. */
const turnBytes = 64 * 1024

/**
 * Inflates gzip data (RFC 1952), of several members too. Memory stays flat.
 *
 * @throws LadingError `COMPRESSION_INVALID` behind the bytes that were good
 */
export async function* inflate(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflater = new Inflater()
  let sinceTurn = 0
  try {
    for await (const piece of piecesOf(chunks)) {
      for (const bytes of await inflater.feed(piece)) {
        yield bytes
        sinceTurn += bytes.length
        if (sinceTurn < turnBytes) continue
        sinceTurn = 0
        await turn()
      }
      if (inflater.fault !== undefined) throw inflater.fault
    }
    yield* await inflater.finish()
    if (inflater.fault !== undefined) throw inflater.fault
  } finally {
    inflater.close()
  }
}

async function* piecesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let held = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceBytes - held)
      at += part.length
      held += part.length
      parts.push(part)
      if (held < pieceBytes) continue
      yield Buffer.concat(parts)
      parts = []
      held = 0
    }
  }
  if (held > 0) yield Buffer.concat(parts)
}

/**
 * zlib's stream, fed piece by piece. Its output is taken as it is made and not read from the stream's buffer: a
 * stream that breaks drops what it holds, and so good records would be lost, more or fewer by chance.
 */
class Inflater {
  fault: LadingError | undefined
  private readonly engine = createGunzip()
  private output: Buffer[] = []
  private fed = 0
  private made = 0
  private hasEnded = false
  private settled: () => void = () => undefined

  constructor() {
    this.engine.on('data', (bytes: Buffer) => this.take(bytes))
    this.engine.on('error', cause => this.fail(broken(cause)))
    this.engine.on('end', () => {
      this.hasEnded = true
      this.settled()
    })
  }

  async feed(piece: Buffer): Promise<readonly Buffer[]> {
    this.fed += piece.length
    if (!this.hasEnded) await this.settle(done => this.engine.write(piece, done))
    // zlib stops at the zeros that some tools pad with, and would pass over whatever stands behind them.
    const ignored = piece.subarray(Math.max(0, piece.length - (this.fed - this.engine.bytesWritten)))
    if (this.hasEnded && ignored.some(byte => byte !== 0)) this.fail(broken())
    return this.taken()
  }

  async finish(): Promise<readonly Buffer[]> {
    if (!this.hasEnded) await this.settle(() => this.engine.end())
    return this.taken()
  }

  close(): void {
    this.engine.destroy()
  }

  private settle(act: (done: () => void) => void): Promise<void> {
    return new Promise(resolve => {
      this.settled = resolve
      act(resolve)
    })
  }

  private take(bytes: Buffer): void {
    if (this.fault !== undefined) return
    this.made += bytes.length
    if (this.made > freeBytes && this.made > maxRatio * this.fed) {
      this.fail(
        new LadingError(
          'COMPRESSION_INVALID',
          `The compressed file expands to more than ${maxRatio} times its size, as a decompression bomb does; send it uncompressed.`,
        ),
      )
      this.engine.destroy()
    } else this.output.push(bytes)
  }

  private fail(fault: LadingError): void {
    this.fault ??= fault
    this.settled()
  }

  private taken(): readonly Buffer[] {
    const { output } = this
    this.output = []
    return output
  }
}

function broken(cause?: unknown): LadingError {
  return new LadingError(
    'COMPRESSION_INVALID',
    'The compressed file is damaged, cut off, or no gzip data; compress it again with gzip.',
    { cause },
  )
}
