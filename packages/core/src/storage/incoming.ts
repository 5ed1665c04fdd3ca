// The bytes of a `put` on their way in: counted, hashed, limited, and ended by a signal even while they are silent.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { LadingError } from '../errors/lading-error.ts'
import { failpoint } from '../util/failpoint.ts'
import type { PutOptions, StorageSource } from './storage.ts'

export interface Incoming {
  /** To be read once. Closes the source on every way out. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Of the bytes that came so far. Asked for once, at the end. */
  facts(): { size: number; sha256: string }
  /** Closes a source that may never have been read, and returns what it threw, if it did. */
  giveUp(): { readonly error: unknown } | undefined
}

export function incoming(source: StorageSource, { signal, maxBytes }: PutOptions): Incoming {
  const hash = createHash('sha256')
  let size = 0
  let failure: { error: unknown } | undefined
  // A stream that breaks while nobody reads it emits `error`, which would end the process if nobody listened.
  if (source instanceof Readable) source.on('error', () => undefined)

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of fromSource(source, signal)) {
        if (!(chunk instanceof Uint8Array)) throw notBytes()
        size += chunk.byteLength
        if (maxBytes !== undefined && size > maxBytes) throw tooLarge(maxBytes)
        hash.update(chunk)
        yield chunk
        failpoint('mid_file')
      }
    } catch (error) {
      failure = { error }
      throw error
    }
  }

  return {
    chunks: read(),
    facts: () => ({ size, sha256: hash.digest('hex') }),
    giveUp() {
      if (source instanceof Readable) source.destroy()
      return failure
    },
  }
}

/** `for await` alone would wait for a silent source, and closing an async generator waits for its next chunk too. */
async function* fromSource(
  source: StorageSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const abort = watch(signal)
  try {
    for (;;) {
      const result = await abort.or(iterator.next())
      if (result.done === true) return
      yield result.value
    }
  } finally {
    abort.forget()
    await close(source, iterator, signal?.aborted === true)
  }
}

async function close(source: StorageSource, iterator: AsyncIterator<unknown>, isAbandoned: boolean) {
  if (source instanceof Readable) source.destroy()
  const closed = iterator.return?.()
  if (isAbandoned) closed?.catch(() => undefined)
  else await closed
}

interface Watch {
  /** What `work` resolves with, or the end by the signal, whichever comes first. */
  or<Result>(work: Promise<Result>): Promise<Result>
  /** Stops listening to a signal that outlives its watcher. */
  forget(): void
}

/**
 * A race of every chunk with one promise that never settles would keep every chunk alive, since that promise
 * remembers whoever waits for it: an upload of 540 MB then took 620 MB of memory. So there is one waiter at a time.
 */
function watch(signal: AbortSignal | undefined): Watch {
  let waiting: ((reason: LadingError) => void) | undefined
  const stop = () => waiting?.(cancelled(signal))
  signal?.addEventListener('abort', stop, { once: true })
  return {
    or: work =>
      new Promise((resolve, reject) => {
        waiting = reject
        work.then(resolve, reject)
        if (signal?.aborted === true) stop()
      }),
    forget: () => signal?.removeEventListener('abort', stop),
  }
}

/** @throws LadingError `CANCELLED` if the signal has come. */
export function checkNotCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal)
}

function cancelled(signal: AbortSignal | undefined): LadingError {
  return new LadingError('CANCELLED', 'The file was not kept, because it was cancelled meanwhile.', {
    cause: signal?.reason,
  })
}

function tooLarge(maxBytes: number): LadingError {
  return new LadingError('FILE_TOO_LARGE', `The file is larger than the ${maxBytes} bytes that are allowed.`)
}

function notBytes(): LadingError {
  return new LadingError(
    'OPTION_INVALID',
    'What is to be stored must come as bytes; a stream with an encoding yields text.',
  )
}
