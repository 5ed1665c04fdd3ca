// The streams and the environment of one run of the command: those of its process, or those of a caller in the same process.
import type { Readable, Writable } from 'node:stream'

export interface CommandIo {
  readonly stdin: Readable
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A stream of a terminal also has `isTTY` and its width. */
type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number | undefined }
