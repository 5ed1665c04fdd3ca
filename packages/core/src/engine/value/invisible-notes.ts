// Values of text fields, and invalid values of other fields → notes on invisible characters and on white space at an edge.
import type { Note } from '../record/note.ts'
import type { Resource } from '../resource/define.ts'
import type { Field } from '../resource/field.ts'
import type { Row } from '../resource/row.ts'
import { InvalidValue } from './codec.ts'
import { holdsInvisible } from './invisible-text.ts'

/** Adds notes for the parsed values of a row. `isAscii`: all cells of its record are ASCII. */
export function invisibleNoter({ inputs }: Resource): (row: Row, isAscii: boolean, notes: Note[]) => void {
  const texts = inputs.filter(({ type }) => type.kind === 'text')
  const lists = inputs.filter(({ type }) => type.kind === 'array' && type.element === 'text')
  // An invalid text needs no note: its error names the characters.
  const others = new Map(inputs.flatMap(field => (texts.includes(field) ? [] : [[field.index, field]])))
  return (row, isAscii, notes) => {
    const { values, originals } = row
    for (const field of texts) {
      const value = values[field.index]
      // The result of a transform may not be ASCII, even if the record is.
      if (typeof value === 'string' && holdsInvisible(value, isAscii && field.transform === undefined)) {
        notes.push(noteOf(row, field, value))
      }
    }
    for (const field of lists) {
      const value = values[field.index]
      const invisible = Array.isArray(value) ? value.find(hasInvisible) : undefined
      if (invisible !== undefined) notes.push(noteOf(row, field, invisible))
    }
    // An invalid value may look like a valid one.
    for (const [index, value] of originals ?? []) {
      const field = others.get(index)
      if (field !== undefined && values[index] instanceof InvalidValue && hasInvisible(value)) {
        notes.push(noteOf(row, field, value))
      }
    }
  }
}

export function hasInvisible(element: unknown): element is string {
  return typeof element === 'string' && holdsInvisible(element, false)
}

function noteOf({ source }: Row, { name, sensitive }: Field, value: string): Note {
  const { rowNumber } = source
  const note = { code: 'INVISIBLE_CHARACTERS', rowNumber, field: name, count: 1 } as const
  return sensitive ? note : { ...note, example: value }
}
