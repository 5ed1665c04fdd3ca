// Notes on columns of a file that the resource does not have.
import type { Note } from '../../record/note.ts'
import type { Resource } from '../define.ts'
import { quoteName } from './mapping.ts'

export function unknownColumn({ name: resource }: Resource, column: string, rowNumber: number): Note {
  const detail = `Column "${quoteName(column)}" is not part of ${resource} and was not imported`
  return { code: 'UNKNOWN_COLUMN', rowNumber, column, detail }
}

/** Unnamed columns that a warning lists; spreadsheets write up to 16,384. */
const maxListedColumns = 10

export function unnamedColumns(positions: readonly number[]): Note {
  const numbers = positions.slice(0, maxListedColumns).map(position => position + 1)
  const more = positions.length - numbers.length
  const list = `${numbers.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const [column, has, was] = positions.length === 1 ? ['Column', 'has', 'was'] : ['Columns', 'have', 'were']
  return {
    code: 'UNNAMED_COLUMN',
    rowNumber: 0,
    detail: `${column} ${list} ${has} no name and ${was} not imported`,
  }
}
