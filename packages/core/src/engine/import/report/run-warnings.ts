// Notes of a run's batches → one warning for each kind and column, with the total count.
import { defaults } from '../../../config/defaults.ts'
import type { WarningCode } from '../../../errors/warning-codes.ts'
import { nearest } from '../../../util/text/suggest.ts'
import type { Note } from '../../record/note.ts'
import { quoteName } from '../../resource/mapping/mapping.ts'

export interface ImportWarning {
  readonly code: WarningCode
  /** One human-readable sentence. */
  readonly detail: string
  /** The column or key, as the file names it. */
  readonly column?: string
  /** The field. */
  readonly field?: string
  /** How often it happened: up to now while the import runs, exact when it has ended. */
  readonly count?: number
  /** One of the values, with invisible characters escaped. */
  readonly example?: string
}

/** A warning as a job stores it between two batches. */
export interface StoredWarning extends ImportWarning {
  /** Holds only if the whole file has been read and nothing withdraws it. */
  readonly pending?: true
}

/** `detail` is set if a note has its own sentence. */
type WarningFacts = Omit<StoredWarning, 'detail'> & { readonly detail?: string }

/** Immutable, so that a batch can be counted before its commit is certain. */
export class Warnings {
  private constructor(private readonly facts: ReadonlyMap<string, WarningFacts>) {}

  /** @param stored warnings of earlier attempts at the same job */
  static of(stored: readonly StoredWarning[] = []): Warnings {
    return new Warnings(new Map(stored.map(warning => [keyOf(warning), warning])))
  }

  /** Adds the notes of one more batch. Returns the same object if there are none. */
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

  /** The file has been read to its end: every pending warning that was not withdrawn now holds. */
  settled(): Warnings {
    const unknown = [...this.facts.values()].flatMap(({ code, column = '' }) =>
      code === 'UNKNOWN_COLUMN' ? [column] : [],
    )
    const settle = ({ pending, ...facts }: WarningFacts): WarningFacts => {
      const suggestion = pending && nearest(facts.column ?? '', unknown)
      return suggestion
        ? { ...facts, detail: `${facts.detail} (did you mean "${quoteName(suggestion)}"?)` }
        : facts
    }
    return new Warnings(new Map([...this.facts].map(([key, facts]) => [key, settle(facts)])))
  }

  /** The warnings that a report shows. */
  list(): readonly ImportWarning[] {
    return shownWarnings(this.stored())
  }

  /** The warnings that a later attempt needs to continue counting. */
  stored(): readonly StoredWarning[] {
    return [...this.facts.values()].map(facts => ({ ...facts, detail: detailOf(facts) }))
  }
}

/** The stored warnings that already hold. */
export function shownWarnings(stored: readonly StoredWarning[]): readonly ImportWarning[] {
  return stored.filter(({ pending }) => pending !== true)
}

/** Adds a new warning, with a count of 0. */
function add(facts: Map<string, WarningFacts>, key: string, note: Note): void {
  const { code, column, field, count, example, detail, holds } = note
  const known = facts.get(key)
  if (holds === 'withdrawn') {
    if (known?.pending === true) facts.delete(key)
    return
  }
  if (known !== undefined) return
  // A hostile file may have any number of columns; they must not crowd out warnings of other kinds.
  const sameCode = [...facts.values()].filter(one => one.code === code)
  if (sameCode.length >= defaults.reportedWarnings) return
  facts.set(key, {
    code,
    ...(detail !== undefined && { detail: storable(detail) }),
    ...(column !== undefined && { column: storable(column) }),
    ...(field !== undefined && { field }),
    ...(count !== undefined && { count: 0 }),
    ...(example !== undefined && { example: quoteName(example) }),
    ...(holds === 'unless withdrawn' && { pending: true }),
  })
}

function keyOf(note: Pick<Note, 'code' | 'column' | 'field' | 'count' | 'detail'>): string {
  const { code, column = '', field = '', count, detail = '' } = note
  // Two sequences, for example, are two warnings.
  const isBare = count === undefined && column === '' && field === ''
  return `${code} ${field} ${storable(column)}${isBare ? storable(detail) : ''}`
}

/** PostgreSQL can store neither a zero byte nor half of a surrogate pair in the warnings of a job. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}

/** The sentence of a warning: built from its count, or the one that came with it. */
function detailOf(facts: WarningFacts): string {
  const { code, count = 0, field = '', example, detail = code } = facts
  const isOne = count === 1
  switch (code) {
    case 'BLANK_RECORDS':
      return `${count} blank ${isOne ? 'record was' : 'records were'} skipped`
    case 'INVISIBLE_CHARACTERS': {
      const exampleText = example === undefined ? '' : `, such as "${example}"`
      const [holds, they] = isOne ? ['value of', 'it was'] : ['values of', 'they were']
      return `${count} ${holds} "${field}" ${isOne ? 'holds' : 'hold'} invisible characters or white space at an edge${exampleText}; ${they} not changed`
    }
    default:
      return detail
  }
}
