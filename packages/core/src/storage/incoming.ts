// The input of a `put`: counts, hashes and limits its bytes, and aborts on a signal even if the source is silent.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { LadingError } from '../errors/lading-error.ts'
import { failpoint } from '../util/failpoint.ts'
import type { PutOptions, StorageSource } from './storage.ts'

export interface Incoming {
  /** Can be read once. Closes the source however reading ends. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Size and hash of the bytes read so far. Call it once, at the end. */
  facts(): { size: number; sha256: string }
  /** Closes a source that may never have been read, and returns the error that it threw, if any. */
  close(): { readonly error: unknown } | undefined
}

export function incoming(source: StorageSource, { signal, maxBytes }: PutOptions): Incoming {
  const hash = createHash('sha256')
  let size = 0
  let failure: { error: unknown } | undefined
  // An unread stream that fails emits `error`, which would end the process without a listener.
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
    close() {
      if (source instanceof Readable) source.destroy()
      return failure
    },
  }
}

/** `for await` alone would wait for a silent source, and closing an async generator also waits for its next chunk. */
async function* fromSource(
  source: StorageSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const abort = abortRace(signal)
  try {
    for (;;) {
      const result = await abort.race(iterator.next())
      if (result.done === true) return
      yield result.value
    }
  } finally {
    abort.dispose()
    await close(source, iterator, signal?.aborted === true)
  }
}

async function close(source: StorageSource, iterator: AsyncIterator<unknown>, isAbandoned: boolean) {
  if (source instanceof Readable) source.destroy()
  const closed = iterator.return?.()
  if (isAbandoned) closed?.catch(() => undefined)
  else await closed
}

interface AbortRace {
  /** Settles with `work` or with the abort, whichever comes first. */
  race<Result>(work: Promise<Result>): Promise<Result>
  /** Removes the listener from the signal, which may outlive it. */
  dispose(): void
}

/**
 * Allows one waiter at a time. Racing every chunk against one promise that never settles would keep all chunks alive:
 * an upload of 540 MB took 620 MB of memory that way.
 */
function abortRace(signal: AbortSignal | undefined): AbortRace {
  let rejectCurrent: ((reason: LadingError) => void) | undefined
  const stop = () => rejectCurrent?.(cancelled(signal))
  signal?.addEventListener('abort', stop, { once: true })
  return {
    race: work =>
      new Promise((resolve, reject) => {
        rejectCurrent = reject
        work.then(resolve, reject)
        if (signal?.aborted === true) stop()
      }),
    dispose: () => signal?.removeEventListener('abort', stop),
  }
}

/** @throws LadingError `CANCELLED` if the signal is aborted. */
export function checkNotCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal)
}

function cancelled(signal: AbortSignal | undefined): LadingError {
  return new LadingError('CANCELLED', 'The upload was cancelled, so the file was not stored.', {
    cause: signal?.reason,
  })
}

function tooLarge(maxBytes: number): LadingError {
  return new LadingError('FILE_TOO_LARGE', `The file is larger than the ${maxBytes} bytes that are allowed.`)
}

function notBytes(): LadingError {
  return new LadingError(
    'OPTION_INVALID',
    'The source must yield bytes; a stream with an encoding yields text.',
  )
}
