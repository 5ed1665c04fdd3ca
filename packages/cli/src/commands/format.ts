// The format of a file: what --format says, else what the ending of its name or its first bytes say.
import { type DetectedFormat, detectFormat, formatOfFileName } from '@lading/core'
import { asUsage, usageError } from '../exit.ts'
import type { InputFile } from '../input-file.ts'

/** Of a file to write. @throws CommandError if neither tells. */
export function chooseFormat(fileName: string | undefined, format: string | undefined): string {
  const bare = fileName?.replace(/\.gz$/i, '')
  const chosen = format ?? (bare === undefined ? undefined : formatOfFileName(bare)?.name)
  if (chosen !== undefined) return chosen
  throw unknownFormat(fileName, 'Standard output')
}

/** Of a file to read, with its compression. @throws CommandError if nothing tells, or the format is unknown */
export async function detectInput(
  name: string,
  format: string | undefined,
  file: InputFile,
): Promise<DetectedFormat> {
  const fileName = name === '-' ? undefined : name
  const start = await file.start()
  const found = asUsage(() => detectFormat({ format, fileName, start }))
  if (found !== undefined) return found
  throw unknownFormat(fileName, 'Standard input')
}

function unknownFormat(fileName: string | undefined, stream: string): Error {
  const problem =
    fileName === undefined
      ? `${stream} has no name that tells the format`
      : `The name "${fileName}" does not tell the format`
  return usageError(`${problem}; add --format csv, --format ndjson or --format json.`)
}
