// The warnings of a run: notes of its batches → one warning for each kind and column, with the count of all of them.
import { defaults } from '../config/defaults.ts'
import type { WarningCode } from '../errors/warning-codes.ts'
import type { Note } from '../record/note.ts'
import { escapeInvisible } from '../util/invisible.ts'
import { nearest } from '../util/suggest.ts'

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
    for (const note of notes) add(facts, note)
    return new Warnings(facts)
  }

  /** The file has been read to its end: what nothing has withdrawn holds. */
  settled(): Warnings {
    const unknown = [...this.facts.values()].flatMap(({ code, column = '' }) =>
      code === 'UNKNOWN_COLUMN' ? [column] : [],
    )
    const settle = ({ pending, ...facts }: Facts): Facts => {
      const meant = pending && nearest(facts.column ?? '', unknown)
      return meant
        ? { ...facts, detail: `${facts.detail} (did you mean "${escapeInvisible(meant)}"?)` }
        : facts
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

function add(facts: Map<string, Facts>, note: Note): void {
  const { code, column, field, count, example, detail, holds } = note
  const key = keyOf(note)
  const known = facts.get(key)
  if (holds === 'withdrawn') {
    if (known?.pending === true) facts.delete(key)
    return
  }
  if (known !== undefined) {
    if (count !== undefined) facts.set(key, { ...known, count: (known.count ?? 0) + count })
    return
  }
  // A hostile file has any number of columns; they must not push out warnings of another kind.
  const alike = [...facts.values()].filter(one => one.code === code)
  if (alike.length >= defaults.reportedWarnings) return
  facts.set(key, {
    code,
    ...(detail !== undefined && { detail: storable(detail) }),
    ...(column !== undefined && { column: storable(column) }),
    ...(field !== undefined && { field }),
    ...(count !== undefined && { count }),
    ...(example !== undefined && { example: storable(example) }),
    ...(holds === 'unless withdrawn' && { pending: true }),
  })
}

function keyOf({
  code,
  column,
  field,
  count,
  detail,
}: Pick<Note, 'code' | 'column' | 'field' | 'count' | 'detail'>): string {
  // Two sequences, for one, are two warnings.
  const isBare = count === undefined && column === undefined && field === undefined
  const said = isBare && detail !== undefined ? storable(detail) : null
  return JSON.stringify([code, field ?? null, column === undefined ? null : storable(column), said])
}

/** PostgreSQL keeps neither a zero byte nor half of a surrogate pair in the warnings of a job. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}

/** The sentence of a warning that counts. */
function detailOf({ code, detail, count = 0 }: Facts): string {
  if (detail !== undefined && code !== 'BLANK_RECORDS') return detail
  const were = count === 1 ? 'record was' : 'records were'
  return `${count} blank ${were} skipped`
}
