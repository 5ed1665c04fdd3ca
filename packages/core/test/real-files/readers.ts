// Files read without Lading: CSV by csv-parse, NDJSON by JSON.parse.
import { parse } from 'csv-parse/sync'

/** A cell that is bare and empty is null; a quoted one is the empty text. */
export type Cell = string | null

/** Anywhere in the file, also in a text: then the slow way distinguishes the two kinds of empty cells. */
const mayHoldQuotedEmpty = /(?:^|[,\t\r\n])""(?:[,\t\r\n]|$)/

/** Records by the names of the header, as the file spells them. */
export function readCsv(
  bytes: Buffer,
  options: { delimiter?: string } = {},
): readonly Record<string, Cell>[] {
  const slowly = mayHoldQuotedEmpty.test(bytes.toString('utf8'))
  const lines: Cell[][] = parse(bytes, {
    bom: true,
    ...options,
    // A call for each cell takes three quarters of the time.
    ...(slowly && { cast: (cell: string, { quoting }) => (cell === '' && !quoting ? null : cell) }),
  })
  const [header = [], ...records] = lines
  return records.map(cells =>
    Object.fromEntries(header.map((name, index) => [name, cellValue(cells[index], slowly)])),
  )
}

function cellValue(cell: Cell | undefined, isQuoted: boolean): Cell {
  return cell === undefined || (cell === '' && !isQuoted) ? null : cell
}

export function readNdjson(bytes: Buffer): readonly Record<string, unknown>[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}

/** A file of the package in another shape: one JSON text a line. */
export function ndjsonOf(records: readonly unknown[]): Buffer {
  return Buffer.from(records.map(record => `${JSON.stringify(record)}\n`).join(''))
}
