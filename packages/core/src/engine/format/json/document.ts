// A file that is one JSON value over several lines, or an object around its records → a message that says so.
import { LadingError } from '../../../errors/lading-error.ts'
import { nestedRecords, printPaths } from '../../record/nested-records.ts'
import { isObject } from './object.ts'
import { findValue } from './value-end.ts'

/** Bytes of a file that are examined to say what it is. In a longer file, a count of records is a minimum. */
export const maxLookaheadBytes = 1024 * 1024

export interface JsonDocument {
  readonly value: unknown
  /** The value is complete. */
  readonly isComplete: boolean
  /** Line feeds within the part that was read. */
  readonly lines: number
  /** Nothing follows the value. */
  readonly isAlone: boolean
}

/** The JSON value at the start of `bytes`, or as much of it as they contain; undefined if there is none. */
export function documentOf(bytes: Buffer): JsonDocument | undefined {
  const extent = findValue(bytes, 0, bytes.length)
  if (extent === 'broken' || extent === 'too deep') return undefined
  const isWhole = extent !== 'open'
  const end = isWhole ? extent.end : bytes.length
  const text = bytes.toString('utf8', 0, end)
  const value = parseJson(isWhole ? text : closeBrackets(text))
  if (value === undefined) return undefined
  const lines = text.match(/\n/g)?.length ?? 0
  return { value, isComplete: isWhole, lines, isAlone: isWhole && bytes.toString('utf8', end).trim() === '' }
}

/** Says what a file that begins with this document is instead of NDJSON; undefined if it may be NDJSON. */
export function notNdjsonFault({ value, isComplete, lines, isAlone }: JsonDocument): LadingError | undefined {
  if (Array.isArray(value))
    return lines === 0 ? undefined : broken('The file is a JSON array; its format is json.')
  if (!isObject(value)) return undefined
  const found = nestedRecords(value)
  if (found.length > 0 && (isAlone || !isComplete)) {
    return broken(
      `The file is one JSON object and not one object a line; records were found at ${printPaths(found, !isComplete)}. ${sendRecordsAlone}`,
    )
  }
  if (lines === 0) return undefined
  const where = isComplete
    ? `the first one takes lines 1 to ${lines + 1}`
    : 'the first one does not end on its line'
  return broken(
    `The objects of the file are spread over lines: ${where}. Put each object on one line, or put them between [ and ], with commas between them, and name the format json.`,
  )
}

/** Explains a file that should be one JSON array but begins with an object. */
export function describeWrappedRecords(start: Buffer): string | undefined {
  const document = documentOf(start)
  if (document === undefined || !isObject(document.value)) return undefined
  const found = nestedRecords(document.value)
  if (found.length === 0 || (document.isComplete && !document.isAlone)) return undefined
  return `It is one object; records were found at ${printPaths(found, !document.isComplete)}. ${sendRecordsAlone}`
}

export const sendRecordsAlone = 'Send these records alone: as one JSON array, or as one object a line.'

function broken(message: string): LadingError {
  return new LadingError('FILE_PARSE_ERROR', message)
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Cuts a truncated value before its incomplete part, and closes the open brackets. */
function closeBrackets(text: string): string | undefined {
  let cut: { readonly end: number; readonly closing: string } | undefined
  let closing = ''
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? ''
    if (character === '"') {
      index = endOfString(text, index)
      if (index === -1) break
    } else if (character === '{' || character === '[') {
      closing = (character === '{' ? '}' : ']') + closing
      cut = { end: index + 1, closing }
    } else if (character === '}' || character === ']') closing = closing.slice(1)
    else if (character === ',') cut = { end: index, closing }
  }
  return cut && text.slice(0, cut.end) + cut.closing
}

/** Index of the quote that ends a string, or -1. */
function endOfString(text: string, open: number): number {
  for (let index = open + 1; index < text.length; index++) {
    if (text[index] === '"') return index
    if (text[index] === '\\') index++
  }
  return -1
}
