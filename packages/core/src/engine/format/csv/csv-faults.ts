// Faults that end the reading of a CSV file, each with its message.
import { LadingError } from '../../../errors/lading-error.ts'
import { tooLargeMessage } from '../record-too-large.ts'

export const csvFaults = {
  badQuote: (message: string, line: number) =>
    new LadingError(
      'FILE_PARSE_ERROR',
      `${message}, in the record that begins on line ${line}; correct the quotes there. The records before it were read.`,
    ),
  notUtf8: (byte: number, line: number) =>
    new LadingError(
      'ENCODING_INVALID',
      `The file is not UTF-8: byte ${byte} (line ${line} or later) does not begin a character. Save it as UTF-8, or say which encoding it has.`,
    ),
  empty: () => new LadingError('FILE_EMPTY', 'The file is empty; a CSV file begins with a header line.'),
  tooLarge: (line: number, maxRecordBytes: number) =>
    new LadingError(
      'RECORD_TOO_LARGE',
      tooLargeMessage(
        `The record that begins on line ${line} has more than ${maxRecordBytes} bytes`,
        'a quote is not closed there, or the file is not CSV',
      ),
    ),
  tooManyColumns: (columns: number, most: number) =>
    new LadingError('HEADER_INVALID', `The header has ${columns} columns; the limit is ${most}.`),
  delimiterUnread: (directive: string | undefined) =>
    new LadingError(
      'HEADER_INVALID',
      `The line ${directive} names an unsupported delimiter; separate the cells by comma, semicolon, TAB or |.`,
    ),
}
