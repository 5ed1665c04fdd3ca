// A file at a URL, opened as the input of `lading import`; and --remote-allow → the servers allowed for it.
import { Readable } from 'node:stream'
import { type ImportOptions, LadingError, openRemoteFile, type RemoteOptions } from '@lading/core'
import { checkRemote, type DetectedFormat } from '@lading/core/internal'
import { asUsage } from './as-usage.ts'
import { failure } from './exit.ts'
import type { InputFile } from './input-file.ts'

export interface RemoteOptionTexts {
  /** Entries as the README describes them; each option may have several, separated by commas. */
  readonly remoteAllow?: readonly string[]
}

export interface RemoteInputFile extends InputFile, DetectedFormat {
  /** The charset of the content type, unless --encoding is set. */
  readonly encoding: ImportOptions['encoding']
}

export function isAddress(name: string): boolean {
  return /^https?:/i.test(name)
}

/** @throws CommandError */
export function remoteOptions({ remoteAllow = [] }: RemoteOptionTexts): RemoteOptions {
  const allow = remoteAllow.flatMap(text => text.split(',')).flatMap(entry => entry.trim() || [])
  return asUsage(() => {
    checkRemote({ allow })
    return { allow }
  })
}

/** Connects, so that an unreachable file is reported before anything else starts. @throws CommandError, LadingError */
export async function findRemoteFile(
  url: string,
  format: string | undefined,
  options: RemoteOptionTexts & { readonly encoding?: string },
): Promise<RemoteInputFile> {
  // --encoding is parsed later, with the first bytes. Here it only matters whether it is set.
  const encoding = options.encoding === undefined ? undefined : 'utf-8'
  const file = await openRemoteFile({ url, format, encoding, remote: remoteOptions(options) }).catch(
    (error: unknown) => {
      if (!(error instanceof LadingError) || error.code !== 'URL_NOT_ALLOWED') throw error
      throw failure(
        'The address is not allowed: it must begin with http:// or https://, have no user name or password, use port 80 or 443, and lead to a public server. --remote-allow allows other hosts, networks and ports.',
        error,
      )
    },
  )
  const { start, size } = file
  return {
    format: file.format,
    compression: file.compression,
    delimiter: file.delimiter,
    encoding: file.encoding,
    label: labelOf(url),
    bytes: size,
    start: async () => start,
    open: () => Readable.from(file.source, { objectMode: false }),
    close: file.close,
  }
}

/** Leaves out parts that may be secret, because command output is often stored. */
function labelOf(url: string): string {
  const { origin, pathname } = new URL(url)
  const last = pathname.slice(pathname.lastIndexOf('/') + 1)
  return pathname === `/${last}` ? `${origin}/${last}` : `${origin}/…/${last}`
}
