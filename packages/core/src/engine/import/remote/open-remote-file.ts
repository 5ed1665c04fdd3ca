// A URL → a source for `importer.run`, which reads it as it comes: without a job there is nowhere to keep it.
import { type RemoteOptions, remoteAccess } from '../../source/remote/remote-access.ts'
import { FileChanged, type RemoteFile, remoteSource } from '../../source/remote/remote-file.ts'
import { unreadable } from '../../source/remote/source-fault.ts'
import { type RemoteInput, type RemoteInputOptions, remoteInput } from './remote-input.ts'

export interface OpenRemoteFileOptions extends RemoteInputOptions {
  readonly url: string
  /** What may be fetched from. @defaultValue public servers on the ports 80 and 443 */
  readonly remote?: RemoteOptions | undefined
  /** Ends the connection. @defaultValue never */
  readonly signal?: AbortSignal | undefined
}

export interface OpenRemoteFile extends RemoteInput {
  /** Bytes as they are sent, where the server knows. */
  readonly size: number | undefined
  /** Ends the connection. Twice: does nothing. */
  close(): void
}

/**
 * Opens a file by its address. Half of it may be imported when the server breaks off: the rest is asked for, and if
 * that is of another version, the source throws.
 *
 * @throws LadingError `URL_NOT_ALLOWED`, `SOURCE_UNAVAILABLE`, `NOT_A_DATA_FILE`, `FORMAT_UNSUPPORTED`, `FILE_EMPTY`
 * @example
 * const file = await openRemoteFile({ url: 'https://example.org/users.csv.gz' })
 * const report = await importer.run({ resource: 'users', ...file })
 */
export async function openRemoteFile(options: OpenRemoteFileOptions): Promise<OpenRemoteFile> {
  const { url, remote, signal = new AbortController().signal } = options
  const fetched = remoteSource(url, remoteAccess(remote), signal)
  let file: RemoteFile | undefined
  const close = () => {
    fetched.end()
    file?.close()
  }
  try {
    file = await fetched.open()
    const { size } = file
    const input = await remoteInput(file, options)
    return { ...input, source: told(input.source, close), size, close }
  } catch (error) {
    close()
    throw error instanceof FileChanged ? changed() : error
  }
}

async function* told(source: AsyncGenerator<Buffer>, close: () => void): AsyncGenerator<Buffer> {
  try {
    yield* source
  } catch (error) {
    throw error instanceof FileChanged ? changed() : error
  } finally {
    close()
  }
}

function changed(): Error {
  return unreadable(
    'The server of the file broke off, and the rest of what was read cannot be had; import the file once more.',
  )
}
