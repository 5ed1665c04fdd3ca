// A file whose format cannot be detected → a message that says what it seems to be, and what to do.
import { bareMediaType, inflatedStart, type KnownOfFile } from './detect.ts'
import { foreignByName, foreignByType, foreignKind, unsupportedFileMessage } from './foreign.ts'

export interface UnknownFormatMessages {
  /** Message for a file that may be CSV: why its format is unknown, and how to declare it. */
  readonly fallback: string
  /** How to declare CSV, as the end of a sentence: `add --format csv`. */
  readonly declareCsv: string
}

/** Returns the message. It asks for a format only if declaring one would help. */
export function unknownFormat(facts: KnownOfFile, { fallback, declareCsv }: UnknownFormatMessages): string {
  const { fileName = '', mediaType = '' } = facts
  const start = inflatedStart(facts.start)
  const proven = foreignKind({ start, fileName })
  if (proven !== undefined) return unsupportedFileMessage(proven)
  const isBinary = start.includes(0) && !hasMark(start)
  const named = foreignByName(fileName)
  const kind = named ?? foreignByType(bareMediaType(mediaType))
  if (kind !== undefined) {
    if (start.length === 0 || isBinary || kind.isText === true) return unsupportedFileMessage(kind)
    const what = named === undefined ? 'The content type' : `The name "${fileName}"`
    return `${what} is that of ${kind.label}, but the file is text. If it is CSV, ${declareCsv}.`
  }
  if (!isBinary) return fallback
  return 'The file is not text in UTF-8: it holds zero bytes. Export its records as CSV or NDJSON. If it is text in UTF-16, name its format and its encoding.'
}

function hasMark(start: Buffer): boolean {
  return (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
}
