// gzip bytes → decompressed bytes: yields the valid bytes before a fault, and stops decompression bombs.
import { createGunzip } from 'node:zlib'
import { LadingError } from '../../../errors/lading-error.ts'
import { yieldToEventLoop } from '../../../util/event-loop.ts'

/** Maximum output bytes per input byte. Real text files stay below 20; a bomb reaches 1,030. */
const maxRatio = 200
/** Output bytes that are allowed at any ratio: a small file of identical lines is not a bomb. */
const freeBytes = 1024 * 1024
/**
 * Bytes passed to zlib at a time. Its output before an error depends on the size of the input pieces, so a fixed size
 * makes the result independent of the chunks. A small size limits the output of one piece.
 */
const pieceBytes = 8 * 1024
/** Output bytes between two turns of the event loop: one piece can expand a thousandfold and take as long to decode. */
const turnBytes = 64 * 1024

/**
 * Decompresses gzip data (RFC 1952), also with several members, in constant memory.
 *
 * @throws LadingError `COMPRESSION_INVALID` after the valid bytes
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
        await yieldToEventLoop()
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
  let bufferedBytes = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceBytes - bufferedBytes)
      at += part.length
      bufferedBytes += part.length
      parts.push(part)
      if (bufferedBytes < pieceBytes) continue
      yield Buffer.concat(parts)
      parts = []
      bufferedBytes = 0
    }
  }
  if (bufferedBytes > 0) yield Buffer.concat(parts)
}

/**
 * Feeds zlib's stream piece by piece. It collects output in a `data` listener instead of reading from the stream's
 * buffer, because a stream that fails drops its buffer and would lose a random number of valid records.
 */
class Inflater {
  fault: LadingError | undefined
  private readonly engine = createGunzip()
  private output: Buffer[] = []
  private inputBytes = 0
  private outputBytes = 0
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
    this.inputBytes += piece.length
    if (!this.hasEnded) await this.settle(done => this.engine.write(piece, done))
    // zlib stops at the zeros that some tools pad with, and would ignore any data after them.
    const ignored = piece.subarray(Math.max(0, piece.length - (this.inputBytes - this.engine.bytesWritten)))
    if (this.hasEnded && ignored.some(byte => byte !== 0)) this.fail(broken())
    return this.takeOutput()
  }

  async finish(): Promise<readonly Buffer[]> {
    if (!this.hasEnded) await this.settle(() => this.engine.end())
    return this.takeOutput()
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
    this.outputBytes += bytes.length
    if (this.outputBytes > freeBytes && this.outputBytes > maxRatio * this.inputBytes) {
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

  private takeOutput(): readonly Buffer[] {
    const { output } = this
    this.output = []
    return output
  }
}

function broken(cause?: unknown): LadingError {
  return new LadingError(
    'COMPRESSION_INVALID',
    'The compressed file is damaged, truncated, or not gzip data; compress it again with gzip.',
    { cause },
  )
}
