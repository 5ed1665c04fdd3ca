// Records → the text of a file and the row number of each, by writers of the test's own.
import { type Cell, type Column, type FileRecord, inputsOf, type World, type WrittenRecord } from './world.ts'

export type FileFormat =
  | {
      readonly name: 'csv'
      readonly header: readonly string[]
      readonly delimiter: string
      /** The import is given the delimiter, or detects it. */
      readonly isDeclared: boolean
      readonly lineEnd: string
    }
  | { readonly name: 'ndjson' }
  | { readonly name: 'json' }

export interface WrittenFile {
  readonly bytes: Buffer
  readonly records: readonly WrittenRecord[]
}

export function write(world: World, format: FileFormat, records: readonly FileRecord[]): WrittenFile {
  if (format.name === 'csv') return writeCsv(world, format, records)
  return format.name === 'ndjson' ? writeNdjson(world, records) : writeJson(world, records)
}

/**
 * A column of the header that a record lacks is an empty cell, which is null; the row number counts records from 2,
 * including blank ones, which are no records for the judge.
 */
function writeCsv(
  world: World,
  { header, delimiter, lineEnd }: Extract<FileFormat, { name: 'csv' }>,
  records: readonly FileRecord[],
): WrittenFile {
  const written = header.flatMap(name => inputsOf(world).filter(column => column.name === name))
  const lines = [header.join(delimiter)]
  let rowNumber = 1
  const result = records.flatMap((record): WrittenRecord[] => {
    if (record.blankBefore) lines.push('')
    const cells = Object.fromEntries(header.map(name => [name, record.cells[name] ?? { value: null }]))
    const texts = written.map(column => csvCell(column, cells[column.name], delimiter))
    const isBroken = record.broken !== undefined
    if (isBroken) {
      if (record.broken % 2 === 0) texts.push('one too many')
      else texts.pop()
    }
    lines.push(texts.join(delimiter))
    const isEmpty = header.length > 1 && texts.every(text => text === '')
    // Without a delimiter it is a blank line, which is not even counted.
    if (!isEmpty || texts.length > 1) rowNumber++
    return isEmpty ? [] : [{ rowNumber, cells, ...(isBroken && { problem: 'COLUMN_COUNT' }) }]
  })
  return { bytes: Buffer.from(`${lines.join(lineEnd)}${lineEnd}`), records: result }
}

function csvCell({ faults }: Column, cell: Cell | undefined, delimiter: string): string {
  if (cell === undefined) return ''
  const text = 'fault' in cell ? pick(faults.csv, cell.fault) : cell.value
  if (text === null) return ''
  const needsQuotes = text === '' || ['"', '\n', '\r', delimiter].some(special => text.includes(special))
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text
}

/** The row number is the physical line, so that blank lines count. */
function writeNdjson(world: World, records: readonly FileRecord[]): WrittenFile {
  const brokenLines = [
    ['{"id": 1', 'FILE_PARSE_ERROR'],
    ['no json', 'FILE_PARSE_ERROR'],
    ['[1]', 'NOT_AN_OBJECT'],
    ['"text"', 'NOT_AN_OBJECT'],
    ['{"a":1,"a":2}', 'DUPLICATE_JSON_KEY'],
    ['{"__proto__":1}', 'FORBIDDEN_KEY'],
  ] as const
  const lines: string[] = []
  const result = records.map(({ cells, broken, blankBefore }): WrittenRecord => {
    if (blankBefore) lines.push(lines.length % 2 === 0 ? '' : '  ')
    const [line, problem] =
      broken === undefined ? [jsonObject(world, cells), undefined] : pick(brokenLines, broken)
    lines.push(line)
    return { rowNumber: lines.length, cells, problem: line === '{}' ? 'NO_KNOWN_FIELD' : problem }
  })
  return { bytes: Buffer.from(lines.map(line => `${line}\n`).join('')), records: result }
}

/** The row number is the ordinal of the element. Broken JSON would end the file, so a broken record is not an object. */
function writeJson(world: World, records: readonly FileRecord[]): WrittenFile {
  const elements: string[] = []
  const result = records.map(({ cells, broken, blankBefore }, index): WrittenRecord => {
    const element =
      broken === undefined ? jsonObject(world, cells) : pick(['[1]', '5', '"text"', 'null'], broken)
    elements.push(`${blankBefore ? '\n\n' : ''}${element}`)
    const problem = broken === undefined ? 'NO_KNOWN_FIELD' : 'NOT_AN_OBJECT'
    return { rowNumber: index + 1, cells, ...((broken !== undefined || element === '{}') && { problem }) }
  })
  return { bytes: Buffer.from(`[${elements.join(',')}]`), records: result }
}

function jsonObject(world: World, cells: FileRecord['cells']): string {
  const members = inputsOf(world).flatMap(column => {
    const cell = cells[column.name]
    return cell === undefined ? [] : [`${JSON.stringify(column.name)}:${jsonValue(column, cell)}`]
  })
  return `{${members.join(',')}}`
}

function jsonValue({ kind, faults }: Column, cell: Cell): string {
  if ('fault' in cell) return pick(faults.json, cell.fault)
  if (cell.value === null) return 'null'
  return kind === 'integer' || kind === 'json' ? cell.value : JSON.stringify(cell.value)
}

function pick<Item>(items: readonly Item[], number: number): Item {
  const item = items[number % items.length]
  if (item === undefined) throw new Error('There is nothing to pick from.')
  return item
}
