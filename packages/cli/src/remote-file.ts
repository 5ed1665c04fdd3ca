// A file behind an address, opened as an input of `lading import`; and what may be fetched from, as it is typed.
import { Readable } from 'node:stream'
import { type ImportSettings, LadingError, openRemoteFile, type RemoteOptions } from '@lading/core'
import { checkRemote, type DetectedFormat } from '@lading/core/internal'
import { asUsage, failure } from './exit.ts'
import type { InputFile } from './input-file.ts'

export interface RemoteOptionTexts {
  /** Entries as the README describes them; each option may hold several, divided by commas. */
  readonly remoteAllow?: readonly string[]
}

export interface RemoteInputFile extends InputFile, DetectedFormat {
  /** That of the content type, where nobody said one. */
  readonly encoding: ImportSettings['encoding']
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

/** Connects, so that what cannot be fetched is told before anything else is begun. @throws CommandError, LadingError */
export async function findRemoteFile(
  url: string,
  format: string | undefined,
  options: RemoteOptionTexts & { readonly encoding?: string },
): Promise<RemoteInputFile> {
  // What was said is read with the first bytes. Here it only counts that something was.
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

/** Without what may be a secret: what a command prints is often kept. */
function labelOf(url: string): string {
  const { origin, pathname } = new URL(url)
  const last = pathname.slice(pathname.lastIndexOf('/') + 1)
  return pathname === `/${last}` ? `${origin}/${last}` : `${origin}/…/${last}`
}
