// Values of text fields, and refused values of others → notes on those with characters that cannot be seen, or with white space at an edge.
import type { Note } from '../record/note.ts'
import type { Resource } from '../resource/define.ts'
import type { Field } from '../resource/field.ts'
import type { Row } from '../resource/row.ts'
import { InvalidValue } from './codec.ts'
import { holdsInvisible } from './invisible-text.ts'

/** Notes the parsed values of a row. `isAscii`: all cells of its record are. */
export function invisibleNoter({ inputs }: Resource): (row: Row, isAscii: boolean, notes: Note[]) => void {
  const texts = inputs.filter(({ type }) => type.kind === 'text')
  const lists = inputs.filter(({ type }) => type.kind === 'array' && type.element === 'text')
  // A text is refused for what its error names.
  const others = new Map(inputs.flatMap(field => (texts.includes(field) ? [] : [[field.index, field]])))
  return (row, isAscii, notes) => {
    const { values, given } = row
    for (const field of texts) {
      const value = values[field.index]
      // What a transform makes is not what the record holds.
      if (typeof value === 'string' && holdsInvisible(value, isAscii && field.transform === undefined)) {
        notes.push(noteOf(row, field, value))
      }
    }
    for (const field of lists) {
      const value = values[field.index]
      const unseen = Array.isArray(value) ? value.find(isUnseen) : undefined
      if (unseen !== undefined) notes.push(noteOf(row, field, unseen))
    }
    // What cannot be read may only look like what can.
    for (const [index, value] of given ?? []) {
      const field = others.get(index)
      if (field !== undefined && values[index] instanceof InvalidValue && isUnseen(value)) {
        notes.push(noteOf(row, field, value))
      }
    }
  }
}

function isUnseen(element: unknown): element is string {
  return typeof element === 'string' && holdsInvisible(element, false)
}

function noteOf({ source }: Row, { name, sensitive }: Field, value: string): Note {
  const { rowNumber } = source
  const note = { code: 'INVISIBLE_CHARACTERS', rowNumber, field: name, count: 1 } as const
  return sensitive ? note : { ...note, example: value }
}
