// A URL → a source for `importer.run`, which streams it: without a job there is nowhere to store it.
import { type RemoteOptions, remoteAccess } from '../../source/remote/remote-access.ts'
import { FileChangedError, type RemoteFile, remoteSource } from '../../source/remote/remote-file.ts'
import { unusableResponse } from '../../source/remote/source-fault.ts'
import { type RemoteInput, type RemoteInputOptions, remoteInput } from './remote-input.ts'

export interface OpenRemoteFileOptions extends RemoteInputOptions {
  readonly url: string
  /** Which servers are allowed. @defaultValue public servers on the ports 80 and 443 */
  readonly remote?: RemoteOptions | undefined
  /** Ends the connection. @defaultValue never */
  readonly signal?: AbortSignal | undefined
}

export interface OpenRemoteFile extends RemoteInput {
  /** Bytes as sent, if the server reports them. */
  readonly size: number | undefined
  /** Ends the connection. A second call does nothing. */
  close(): void
}

/**
 * Opens a file by its URL. If the connection breaks midway, the rest is requested again; if the file has changed
 * meanwhile, the source throws.
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
    fetched.stop()
    file?.close()
  }
  try {
    file = await fetched.open()
    const { size } = file
    const input = await remoteInput(file, options)
    return { ...input, source: closeAtEnd(input.source, close), size, close }
  } catch (error) {
    close()
    throw error instanceof FileChangedError ? changedFault() : error
  }
}

async function* closeAtEnd(source: AsyncGenerator<Buffer>, close: () => void): AsyncGenerator<Buffer> {
  try {
    yield* source
  } catch (error) {
    throw error instanceof FileChangedError ? changedFault() : error
  } finally {
    close()
  }
}

function changedFault(): Error {
  return unusableResponse(
    'The connection to the server of the file broke, and the rest of the same version cannot be fetched; import it again.',
  )
}
