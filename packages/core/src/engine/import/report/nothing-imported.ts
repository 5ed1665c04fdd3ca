// A run that imported nothing → one sentence with the likely cause, as the first warning of its report.
import type { RecordError } from '../../../errors/record-error.ts'
import type { MergedBatch } from '../stages/batches.ts'
import type { ImportWarning, StoredWarning } from './run-warnings.ts'

/** Counts of earlier attempts. */
export interface EarlierCounts {
  readonly imported: number
  readonly ignored: number
  readonly failed: number
  /** Broken rules by code and field, `''` for the record as a whole. */
  readonly reasons: readonly (readonly [code: string, field: string, count: number])[]
}

export interface NothingOptions {
  readonly resource: string
  readonly dryRun: boolean
  readonly earlier?: EarlierCounts | undefined
}

interface Reason {
  readonly code: string
  readonly field: string
  /** The message of the first record; unknown if that was in an earlier attempt. */
  message: string | undefined
  /** All records have the message of the first. */
  isAlike: boolean
  count: number
}

/** Maximum number of reasons and columns in a sentence. */
const maxNamedReasons = 3
const maxNamedColumns = 5
/** Maximum number of reasons counted: a hostile file may give each record its own reason. */
const maxReasons = 1_000

/** Follows one run. As soon as a record is imported, it has no warning and costs nothing. */
export class NothingImported {
  private imported: number
  private ignored: number
  private failed: number
  private readonly reasons = new Map<string, Reason>()
  private isComplete = false

  constructor(private readonly options: NothingOptions) {
    const { imported = 0, ignored = 0, failed = 0, reasons = [] } = options.earlier ?? {}
    this.imported = imported
    this.ignored = ignored
    this.failed = failed
    for (const [code, field, count] of reasons) {
      this.countReason({ code, field, message: undefined, isAlike: count === 1, count })
    }
  }

  add({ rows, outcome }: Pick<MergedBatch, 'rows' | 'outcome'>): void {
    this.imported += outcome.inserted + outcome.updated
    this.ignored += outcome.ignored
    if (this.imported > 0) return
    for (const { errors } of rows) {
      if (errors === undefined) continue
      this.failed++
      for (const error of errors) this.countReason(reasonOf(error))
    }
  }

  /** Call it when the file has been read to its end. */
  complete(): void {
    this.isComplete = true
  }

  /**
   * No warning for an atomic import with valid records: its fault says enough.
   *
   * @param warnings the other warnings of the report, which name the columns that were not imported
   */
  warning(warnings: readonly ImportWarning[]): ImportWarning | undefined {
    if (this.imported > 0 || this.ignored + this.failed === 0) return undefined
    const lead = this.options.dryRun ? 'Nothing would be imported' : 'Nothing was imported'
    return {
      code: 'NOTHING_IMPORTED',
      detail: `${lead}: ${this.sentences(unknownColumnsIn(warnings)).join(' ')}`,
    }
  }

  private sentences(columns: readonly string[]): readonly string[] {
    const { ignored, failed, isComplete } = this
    const { dryRun } = this.options
    const all = ignored + failed
    const past = (records: number) => (dryRun ? 'would be' : records === 1 ? 'was' : 'were')
    const subject =
      all === 1
        ? `the only record${isComplete ? '' : ' that was read'}`
        : `all ${count(all)} records${isComplete ? '' : ' that were read'}`
    if (failed === 0) {
      const [is, they] = all === 1 ? ['is', 'it is'] : ['are', 'they are']
      return [`${subject} ${is} in the table already, and ${past(all)} left as ${they}.`]
    }
    const explained = [this.explain(), ...this.unknownColumns(columns)]
    if (ignored === 0) return [`${subject} ${past(all)} rejected.`, ...explained]
    return [
      `of ${subject}, ${count(ignored)} ${ignored === 1 ? 'is' : 'are'} in the table already, and ${count(failed)} ${past(failed)} rejected.`,
      ...explained,
    ]
  }

  private explain(): string {
    const reasons = [...this.reasons.values()].sort((one, other) => other.count - one.count)
    const [first, ...others] = reasons
    if (first === undefined) return ''
    // A record is counted once for each rule that it breaks.
    if (first.count >= this.failed) {
      const { message = `${nameOf(first)}.`, isAlike } = first
      if (this.failed === 1) return message
      if (isAlike || first.message === undefined) return `Each for the same reason: ${message}`
      return `Each has the error ${nameOf(first)}, for example: ${message}`
    }
    const shown = [first, ...others]
      .slice(0, maxNamedReasons)
      .map(one => `${nameOf(one)} (${count(one.count)})`)
    return `The most frequent reasons: ${shown.join(', ')}.`
  }

  private unknownColumns(columns: readonly string[]): readonly string[] {
    if (columns.length === 0) return []
    const shown = columns.slice(0, maxNamedColumns).map(column => `"${column.slice(0, 60)}"`)
    const more = columns.length > maxNamedColumns ? ' and others' : ''
    const [what, them] = columns.length === 1 ? ['column', 'it'] : ['columns', 'each of them']
    return [
      `${this.options.resource} has no field for the ${what} ${shown.join(', ')}${more} of the file; use a mapping to assign ${them} to a field.`,
    ]
  }

  private countReason(reason: Reason): void {
    const key = JSON.stringify([reason.code, reason.field])
    const known = this.reasons.get(key)
    if (known !== undefined) {
      known.count += reason.count
      known.message ??= reason.message
      known.isAlike &&= reason.isAlike && known.message === reason.message
    } else if (this.reasons.size < maxReasons) this.reasons.set(key, { ...reason })
  }
}

/** The warnings without `NOTHING_IMPORTED` of an earlier attempt, which may no longer be true. */
export function withoutNothing(warnings: readonly StoredWarning[]): readonly StoredWarning[] {
  return warnings.filter(({ code }) => code !== 'NOTHING_IMPORTED')
}

function unknownColumnsIn(warnings: readonly ImportWarning[]): readonly string[] {
  return warnings.flatMap(({ code, column }) =>
    code === 'UNKNOWN_COLUMN' && column !== undefined ? [column] : [],
  )
}

function reasonOf({ code, field, message }: RecordError): Reason {
  return { code, field: field ?? '', message: storable(message), isAlike: true, count: 1 }
}

/** Text of a file as text that PostgreSQL can store. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}

function nameOf({ code, field }: Reason): string {
  return field === '' ? code : `${code} in "${field}"`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
