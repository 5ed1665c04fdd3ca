// The warnings of a run: notes of its batches → one warning for each kind and column, with the count of all of them.
import { defaults } from '../../../config/defaults.ts'
import type { WarningCode } from '../../../errors/warning-codes.ts'
import { nearest } from '../../../util/text/suggest.ts'
import type { Note } from '../../record/note.ts'
import { shown } from '../../resource/mapping/mapping.ts'

export interface ImportWarning {
  readonly code: WarningCode
  /** One sentence for people. */
  readonly detail: string
  /** The column or key that it is about, as the file names it. */
  readonly column?: string
  /** The field that it is about. */
  readonly field?: string
  /** How often it happened: exact when the import has ended, so far while it runs. */
  readonly count?: number
  /** One of the values, with what cannot be seen escaped. */
  readonly example?: string
}

/** As a job keeps it between two batches. */
export interface StoredWarning extends ImportWarning {
  /** Holds only if the whole file has been read and nothing withdraws it. */
  readonly pending?: true
}

/** `detail` where a note brings its own sentence. */
type Facts = Omit<StoredWarning, 'detail'> & { readonly detail?: string }

/** Immutable, so that a batch can be counted before it is known whether it is committed. */
export class Warnings {
  private constructor(private readonly facts: ReadonlyMap<string, Facts>) {}

  /** @param stored of earlier attempts at the same job */
  static of(stored: readonly StoredWarning[] = []): Warnings {
    return new Warnings(new Map(stored.map(warning => [keyOf(warning), warning])))
  }

  /** With the notes of one more batch. The same object if there are none. */
  plus(notes: readonly Note[] = []): Warnings {
    if (notes.length === 0) return this
    const facts = new Map(this.facts)
    const counts = new Map<string, number>()
    for (const note of notes) {
      const key = keyOf(note)
      if (note.count !== undefined) counts.set(key, (counts.get(key) ?? 0) + note.count)
      add(facts, key, note)
    }
    for (const [key, count] of counts) {
      const known = facts.get(key)
      if (known !== undefined) facts.set(key, { ...known, count: (known.count ?? 0) + count })
    }
    return new Warnings(facts)
  }

  /** The file has been read to its end: what nothing has withdrawn holds. */
  settled(): Warnings {
    const unknown = [...this.facts.values()].flatMap(({ code, column = '' }) =>
      code === 'UNKNOWN_COLUMN' ? [column] : [],
    )
    const settle = ({ pending, ...facts }: Facts): Facts => {
      const meant = pending && nearest(facts.column ?? '', unknown)
      return meant ? { ...facts, detail: `${facts.detail} (did you mean "${shown(meant)}"?)` } : facts
    }
    return new Warnings(new Map([...this.facts].map(([key, facts]) => [key, settle(facts)])))
  }

  /** What a report shows. */
  list(): readonly ImportWarning[] {
    return shownWarnings(this.stored())
  }

  /** What a later attempt needs to go on counting. */
  stored(): readonly StoredWarning[] {
    return [...this.facts.values()].map(facts => ({ ...facts, detail: detailOf(facts) }))
  }
}

/** Of what a job keeps, the warnings that hold already. */
export function shownWarnings(stored: readonly StoredWarning[]): readonly ImportWarning[] {
  return stored.filter(({ pending }) => pending !== true)
}

/** Adds what is new, but for its count. */
function add(facts: Map<string, Facts>, key: string, note: Note): void {
  const { code, column, field, count, example, detail, holds } = note
  const known = facts.get(key)
  if (holds === 'withdrawn') {
    if (known?.pending === true) facts.delete(key)
    return
  }
  if (known !== undefined) return
  // A hostile file has any number of columns; they must not push out warnings of another kind.
  const alike = [...facts.values()].filter(one => one.code === code)
  if (alike.length >= defaults.reportedWarnings) return
  facts.set(key, {
    code,
    ...(detail !== undefined && { detail: storable(detail) }),
    ...(column !== undefined && { column: storable(column) }),
    ...(field !== undefined && { field }),
    ...(count !== undefined && { count: 0 }),
    ...(example !== undefined && { example: shown(example) }),
    ...(holds === 'unless withdrawn' && { pending: true }),
  })
}

function keyOf(note: Pick<Note, 'code' | 'column' | 'field' | 'count' | 'detail'>): string {
  const { code, column = '', field = '', count, detail = '' } = note
  // Two sequences, for one, are two warnings.
  const isBare = count === undefined && column === '' && field === ''
  return `${code} ${field} ${storable(column)}${isBare ? storable(detail) : ''}`
}

/** PostgreSQL keeps neither a zero byte nor half of a surrogate pair in the warnings of a job. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}

/** The sentence of a warning that counts; of any other, the one that came with it. */
function detailOf(facts: Facts): string {
  const { code, count = 0, field = '', example, detail = code } = facts
  const isOne = count === 1
  switch (code) {
    case 'BLANK_RECORDS':
      return `${count} blank ${isOne ? 'record was' : 'records were'} skipped`
    case 'INVISIBLE_CHARACTERS': {
      const such = example === undefined ? '' : `, such as "${example}"`
      const [holds, they] = isOne ? ['value of', 'it was'] : ['values of', 'they were']
      return `${count} ${holds} "${field}" ${isOne ? 'holds' : 'hold'} invisible characters or white space at an edge${such}; ${they} not changed`
    }
    default:
      return detail
  }
}
