// A file whose format nothing tells → a sentence that says what it is, as far as that can be seen, and what to do.
import { type FileFacts, inflatedStart, typeOf } from './detect.ts'
import { foreignByName, foreignByType, foreignKind, foreignSentence } from './foreign.ts'

export interface UnknownFormatWords {
  /** Of a file that may be CSV: what does not tell its format, and how to say it. */
  readonly otherwise: string
  /** How to say that it is CSV, where the sentence goes on with it: `add --format csv`. */
  readonly sayCsv: string
}

/** A format is only asked for where it would help. */
export function unknownFormat(facts: FileFacts, { otherwise, sayCsv }: UnknownFormatWords): string {
  const { fileName = '', mediaType = '' } = facts
  const start = inflatedStart(facts.start)
  const proven = foreignKind({ start, fileName })
  if (proven !== undefined) return foreignSentence(proven)
  const isBinary = start.includes(0) && !hasMark(start)
  const named = foreignByName(fileName)
  const kind = named ?? foreignByType(typeOf(mediaType))
  if (kind !== undefined) {
    if (start.length === 0 || isBinary || kind.isText === true) return foreignSentence(kind)
    const what = named === undefined ? 'The content type' : `The name "${fileName}"`
    return `${what} is that of ${kind.is}, but the file is text. If it is CSV, ${sayCsv}.`
  }
  if (!isBinary) return otherwise
  return 'The file is not text in UTF-8: it holds zero bytes. Export its records as CSV or NDJSON. If it is text in UTF-16, name its format and its encoding.'
}

function hasMark(start: Buffer): boolean {
  return (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
}
