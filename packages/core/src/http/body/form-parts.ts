// The bytes of a form → the same bytes, while its parts are counted and the size of their headers is checked.
import { HttpFault } from '../wire/problem.ts'

/** Limits of a part's header; its longest line holds the name of the file. */
export const partHeader = { lines: 16, bytes: 8 * 1024 }

export interface FormParts {
  /** @throws HttpFault `BODY_INVALID` for a part whose header is too long */
  through(form: AsyncIterable<Buffer>): AsyncGenerator<Buffer>
  /** The parts that have begun so far, including those that the parser ignored. */
  count(): number
  /** The content type of a part as sent, with its parameters, which the parser drops. @param part from 1 */
  contentType(part: number): string
}

const lineEnd = '\r\n'

/** Lines that begin with white space belong to the one before (RFC 5322, 2.2.3). */
const contentTypeLine = /\r\ncontent-type:((?:[^\r\n]|\r\n[ \t])*)/i

const headerEnd = Buffer.from(lineEnd + lineEnd)

/**
 * A form parser silently skips a part that it cannot read, such as one with a malformed header or one whose
 * `Content-Disposition` is past its limits. Losing `dry_run` would change the import, so the parts are counted here.
 */
export function formParts(boundary: string): FormParts {
  const delimiter = Buffer.from(`${lineEnd}--${boundary}`)
  let parts = 0
  const types = new Map<number, string>()
  let isComplete = false
  /** The bytes since the delimiter; undefined outside of headers. */
  let head: Buffer | undefined
  let isCounted = false

  const begin = (): void => {
    if (head !== undefined && !isCounted) parts++
    head = Buffer.alloc(0)
    isCounted = false
  }
  const read = (bytes: Buffer): void => {
    if (head === undefined || isComplete) return
    head = Buffer.concat([head, bytes])
    if (head.length < 2) return
    if (!isCounted && head.toString('latin1', 0, 2) === '--') {
      isComplete = true
      return
    }
    if (!isCounted) parts++
    isCounted = true
    const end = head.indexOf(headerEnd)
    // The last bytes may be the beginning of the header's end; the first two end the line of the delimiter.
    const size = (end === -1 ? head.length - headerEnd.length + 1 : end) - lineEnd.length
    if (size > partHeader.bytes) throw tooLong(`${partHeader.bytes} bytes`)
    if (end === -1) return
    const lines = head.toString('latin1', 0, end).split(lineEnd).length - 1
    if (lines > partHeader.lines) throw tooLong(`${partHeader.lines} lines`)
    const type = contentTypeLine.exec(head.toString('latin1', 0, end))?.[1]
    if (type !== undefined) types.set(parts, type.trim())
    head = undefined
  }

  return {
    async *through(form) {
      // The first delimiter needs no line end before it.
      let rest = Buffer.from(lineEnd)
      for await (const chunk of form) {
        rest = isComplete ? rest : Buffer.concat([rest, chunk])
        for (let at = rest.indexOf(delimiter); at !== -1 && !isComplete; at = rest.indexOf(delimiter)) {
          read(rest.subarray(0, at))
          if (!isComplete) begin()
          rest = rest.subarray(at + delimiter.length)
        }
        // The last bytes may be the beginning of a delimiter.
        const safeLength = Math.max(0, rest.length - delimiter.length + 1)
        read(rest.subarray(0, safeLength))
        rest = rest.subarray(safeLength)
        yield chunk
      }
    },
    count: () => parts,
    contentType: part => types.get(part) ?? '',
  }
}

function tooLong(limit: string): HttpFault {
  return new HttpFault('BODY_INVALID', `A part of the form has a header of more than ${limit}.`)
}
