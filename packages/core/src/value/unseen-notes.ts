// Values of text fields → notes on those with characters that nobody sees, or with white space at an edge.
import type { Note } from '../record/note.ts'
import type { Resource } from '../resource/define.ts'
import type { Field } from '../resource/field.ts'
import type { Row } from '../resource/row.ts'
import { holdsUnseen } from './unseen.ts'

/** Notes the parsed values of a row. `isAscii`: all cells of its record are. */
export function unseenNoter({ inputs }: Resource): (row: Row, isAscii: boolean, notes: Note[]) => void {
  const texts = inputs.filter(({ type }) => type.kind === 'text')
  const lists = inputs.filter(({ type }) => type.kind === 'array' && type.element === 'text')
  return (row, isAscii, notes) => {
    const { values } = row
    for (const field of texts) {
      const value = values[field.index]
      // What a transform makes is not what the record holds.
      if (typeof value === 'string' && holdsUnseen(value, isAscii && field.transform === undefined)) {
        notes.push(noteOf(row, field, value))
      }
    }
    for (const field of lists) {
      const value = values[field.index]
      const unseen = Array.isArray(value) ? value.find(isUnseen) : undefined
      if (unseen !== undefined) notes.push(noteOf(row, field, unseen))
    }
  }
}

function isUnseen(element: unknown): element is string {
  return typeof element === 'string' && holdsUnseen(element, false)
}

function noteOf({ source }: Row, { name, sensitive }: Field, value: string): Note {
  const { rowNumber } = source
  const note = { code: 'INVISIBLE_CHARACTERS', rowNumber, field: name, count: 1 } as const
  return sensitive ? note : { ...note, example: value }
}
