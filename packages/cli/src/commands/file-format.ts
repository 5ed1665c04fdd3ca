// The format of a file: the value of --format, else detected from its extension or its first bytes.
import {
  type DetectedFormat,
  delimiterOfFileName,
  detectFormat,
  foreignByName,
  formatByFileName,
  unknownFormat,
} from '@lading/core/internal'
import { asUsage } from '../as-usage.ts'
import { usageError } from '../exit.ts'
import type { InputFile } from '../input-file.ts'

/** The format of a file to write. @throws CommandError if neither the option nor the name gives it */
export function chooseFormat(fileName: string | undefined, format: string | undefined): string {
  const bare = fileName?.replace(/\.gz$/i, '')
  const chosen = format ?? (bare === undefined ? undefined : formatOfName(bare))
  if (chosen !== undefined) return chosen
  const kind = bare === undefined ? undefined : foreignByName(bare)
  if (kind !== undefined) {
    throw usageError(
      `An export is CSV, NDJSON or JSON, and "${fileName}" is the name of ${kind.label}. Name the file .csv (with --excel for Excel), .ndjson or .json.`,
    )
  }
  throw usageError(formatMissing(fileName, 'Standard output'))
}

/** `.tsv` and `.tab` are CSV with TAB. */
function formatOfName(fileName: string): string | undefined {
  return delimiterOfFileName(fileName) === undefined ? formatByFileName(fileName)?.name : 'csv'
}

/** The format of a file to read, and its compression. @throws CommandError if it is unknown or cannot be detected */
export async function detectInput(
  name: string,
  format: string | undefined,
  file: InputFile,
): Promise<DetectedFormat> {
  const fileName = name === '-' ? undefined : name
  const start = await file.start()
  const found = asUsage(() => detectFormat({ format, fileName, start }))
  if (found !== undefined) return found
  const otherwise = formatMissing(fileName, 'Standard input')
  throw usageError(
    unknownFormat({ fileName, start }, { fallback: otherwise, declareCsv: 'add --format csv' }),
  )
}

function formatMissing(fileName: string | undefined, stream: string): string {
  const problem =
    fileName === undefined
      ? `${stream} has no file name that shows the format`
      : `The name "${fileName}" does not show the format`
  return `${problem}; add --format csv, --format ndjson or --format json.`
}
