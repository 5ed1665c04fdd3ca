// The report of a run: the result of every record, counted batch by batch.

import { defaults } from '../../../config/defaults.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import type { RecordError } from '../../../errors/record-error.ts'
import type { DurabilityWarning } from '../../catalogue/durability.ts'
import type { MergeOutcome } from '../../staging/merge/batch-outcome.ts'
import type { SequenceWarning } from '../../staging/sequences/sequence-warning.ts'
import type { ImportProgress } from '../importer-options.ts'
import type { ImportBatch, MergedBatch } from '../stages/batches.ts'
import type { Stop } from '../stages/merge-batches.ts'
import { type NothingImported, withoutNothing } from './nothing-imported.ts'
import { type ImportWarning, type StoredWarning, Warnings } from './run-warnings.ts'

/** `processed = successful + failed` and `successful = inserted + updated + ignored`, always. */
export interface ImportReport {
  readonly resource: string
  readonly processed: number
  readonly successful: number
  /** Rejected records; each has at least one error. */
  readonly failed: number
  readonly inserted: number
  readonly updated: number
  readonly ignored: number
  /** Records that were not reached: after `maxErrors`, or rolled back with the rest of an atomic import. */
  readonly unprocessed: number
  /** What a dry run cannot judge, such as triggers; empty for any other run. */
  readonly notJudged: readonly string[]
  /** Broken rules by code: a record that breaks two rules counts in both. */
  readonly errorsByCode: Readonly<Record<string, number>>
  /** The first 1,000 record errors, in file order; `onError` receives all. */
  readonly errors: readonly RecordError[]
  /** `NOTHING_IMPORTED` comes first. */
  readonly warnings: readonly ImportWarning[]
  /** Bytes of the source, decoded to UTF-8. */
  readonly bytes: number
  readonly durationSeconds: number
}

/** The report of the work done before a fault, from the error that `run` threw; undefined for any other error. */
export function importReportOf(error: unknown): ImportReport | undefined {
  // Only `run` attaches reports, and only of this shape.
  return error instanceof LadingError ? (error.report as ImportReport | undefined) : undefined
}

const storedWarnings = new WeakMap<object, readonly StoredWarning[]>()

/** The warnings of a report in the form from which a later attempt at the job continues. */
export function storedWarningsOf(report: ImportReport): readonly StoredWarning[] {
  return storedWarnings.get(report) ?? report.warnings
}

/** Counts a run. One tally belongs to one run. */
export class Tally {
  private readonly started = performance.now()
  private readonly errorsByCode = new Map<string, number>()
  private readonly errors: RecordError[] = []
  private warnings: Warnings
  private inserted = 0
  private updated = 0
  private ignored = 0
  private failed = 0
  private bytes = 0
  private isFinal = false
  notJudged: readonly string[] = []
  /** Set by the merge; records after the stop are counted here. */
  readonly stop: Stop = { isSet: false, unprocessed: 0 }

  constructor(
    private readonly resource: string,
    /** Warnings of earlier attempts. */
    warnings: readonly StoredWarning[],
    private readonly nothing: NothingImported,
  ) {
    this.warnings = Warnings.of(withoutNothing(warnings))
  }

  /** Counts a batch that has been merged or rejected. */
  add({ rows, outcome, end, notes }: MergedBatch): void {
    const before = this.failed
    this.warnings = this.warnings.plus(notes)
    this.nothing.add({ rows, outcome })
    this.bytes = end.byte
    this.inserted += outcome.inserted
    this.updated += outcome.updated
    this.ignored += outcome.ignored
    for (const { errors } of rows) {
      if (errors === undefined) continue
      this.failed++
      for (const error of errors) this.note(error)
    }
    const counted = outcome.inserted + outcome.updated + outcome.ignored + this.failed - before
    if (counted !== rows.length) {
      throw new LadingError(
        'INTERNAL',
        `${rows.length} records were read and ${counted} accounted for; please report this bug.`,
      )
    }
  }

  /** Replaces the counts of an atomic import with the final ones, which may differ from those of the shadow table. */
  settle({ inserted, updated, ignored }: MergeOutcome): void {
    Object.assign(this, { inserted, updated, ignored })
  }

  /** The atomic import is committed: a later failure no longer rolls it back. */
  markCommitted(): void {
    this.isFinal = true
  }

  /** Nothing was imported: counts the valid records as unprocessed. A second call does nothing. @param less how many of them were rejected late */
  rollBack(less = 0): void {
    if (this.isFinal) return
    this.isFinal = true
    this.stop.unprocessed += this.progress().successful - less
    Object.assign(this, { inserted: 0, updated: 0, ignored: 0 })
  }

  get rejected(): number {
    return this.failed
  }

  /** All records, reached or not. */
  get read(): number {
    return this.progress().processed + this.stop.unprocessed
  }

  /** The warnings so far, and those of a batch that is about to be committed. */
  warningsWith(batch: ImportBatch): Warnings {
    return this.warnings.plus(batch.notes)
  }

  /** Adds a warning about the table or its sequences. */
  warn(warning: SequenceWarning | DurabilityWarning): void {
    this.warnings = this.warnings.plus([{ ...warning, rowNumber: 0 }])
  }

  /** Call it when the file has been read to its end. */
  readToEnd(): void {
    this.warnings = this.warnings.settled()
  }

  progress(): ImportProgress {
    const { failed, bytes } = this
    const successful = this.inserted + this.updated + this.ignored
    return { processed: successful + failed, successful, failed, bytes }
  }

  report(): ImportReport {
    const { inserted, updated, ignored, resource, errors } = this
    const warnings = this.warnings.list()
    const nothing = this.nothing.warning(warnings)
    const report: ImportReport = {
      resource,
      ...this.progress(),
      inserted,
      updated,
      ignored,
      unprocessed: this.stop.unprocessed,
      notJudged: this.notJudged,
      errorsByCode: Object.fromEntries(this.errorsByCode),
      errors: [...errors],
      warnings: nothing === undefined ? warnings : [nothing, ...warnings],
      durationSeconds: (performance.now() - this.started) / 1000,
    }
    storedWarnings.set(
      report,
      nothing === undefined ? this.warnings.stored() : [nothing, ...this.warnings.stored()],
    )
    return report
  }

  private note(error: RecordError): void {
    this.errorsByCode.set(error.code, (this.errorsByCode.get(error.code) ?? 0) + 1)
    if (this.errors.length < defaults.reportedErrors) this.errors.push(error)
  }
}
