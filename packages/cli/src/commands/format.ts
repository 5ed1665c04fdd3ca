// The format of a file: what --format says, else what the ending of its name says.
import { formatOfFileName } from '@lading/core'
import { usageError } from '../exit.ts'

/** @throws CommandError if neither tells. */
export function chooseFormat(
  fileName: string | undefined,
  format: string | undefined,
  stream: string,
): string {
  const chosen = format ?? (fileName === undefined ? undefined : formatOfFileName(fileName)?.name)
  if (chosen !== undefined) return chosen
  const problem =
    fileName === undefined
      ? `${stream} has no name that tells the format`
      : `The name "${fileName}" does not tell the format`
  throw usageError(`${problem}; add --format csv or --format ndjson.`)
}
