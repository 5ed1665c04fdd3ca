// The report of an import → text for people.
import type { ImportOptions, ImportReport, RecordError } from '@lading/core'
import type { ImportOutcome } from './import-run.ts'
import { count, printable, quoted, rows } from './printable.ts'
import { table } from './table.ts'

const shownErrors = 10

/** @param file the name of the file, as shown */
export function summary(outcome: ImportOutcome, file: string): string {
  const { report, complete, options, examples } = outcome
  if (report === undefined) return ''
  const dry = options.dryRun === true ? ' (dry run: nothing was written)' : ''
  const state = complete ? '' : ' (stopped before the end)'
  const sections = [
    nothingImported(report, complete),
    `${printable(file)} into ${report.resource}${dry}${state}`,
    totals(report, options),
    errorsByCode(report, examples),
    firstErrors(report),
    warnings(report),
    notJudged(report),
  ]
  return `${sections.filter(section => section !== '').join('\n\n')}\n`
}

/** What stays in the table after an import that did not complete. */
export function committed({ processed, successful, failed, unprocessed }: ImportReport): string {
  if (processed === 0) return 'Nothing was imported.'
  const notProcessed = unprocessed === 0 ? '' : `; ${count(unprocessed)} ${were(unprocessed)} not processed`
  const rejected = (failed === 0 ? '' : `; ${count(failed)} ${were(failed)} rejected`) + notProcessed
  if (successful === 0) return `Before that, no row was imported${rejected}.`
  return `${rows(successful)} ${were(successful)} imported before that and ${successful === 1 ? 'stays' : 'stay'}${rejected}.`
}

function were(value: number): string {
  return value === 1 ? 'was' : 'were'
}

/** The counts of the records; with on_conflict `error`, one count of imported records. */
function totals(report: ImportReport, { dryRun = false, onConflict = 'error' }: ImportOptions): string {
  const { processed, successful, inserted, updated, ignored, failed, unprocessed, durationSeconds } = report
  const would = dryRun ? 'would be ' : ''
  const speed = Math.round(processed / Math.max(durationSeconds, 0.001))
  const successes =
    onConflict === 'error'
      ? [[`${would}imported`, count(successful)]]
      : [
          [`${would}inserted`, count(inserted)],
          [`${would}updated`, count(updated)],
          [`${would}ignored`, count(ignored)],
        ]
  const lines = [
    ['rows read', count(processed)],
    ...successes,
    [`${would}rejected`, count(failed)],
    ...(unprocessed > 0 ? [['unprocessed', count(unprocessed)]] : []),
    ['seconds', `${durationSeconds.toFixed(2)}  (${count(speed)} rows/s)`],
  ]
  const width = Math.max(...lines.map(([label = '']) => label.length))
  return lines.map(([label = '', value]) => `  ${label.padEnd(width)}  ${value}`).join('\n')
}

function errorsByCode(report: ImportReport, examples: ReadonlyMap<string, RecordError>): string {
  const codes = Object.entries(report.errorsByCode).sort(([, a], [, b]) => b - a)
  if (codes.length === 0) return ''
  const cells = codes.map(([code, errors]) => [code, count(errors), exampleText(examples.get(code))])
  const columns = [{ title: 'CODE' }, { title: 'COUNT', align: 'right' }, { title: 'EXAMPLE' }] as const
  return `Errors by code\n${table(columns, cells)}`
}

function exampleText(error: RecordError | undefined): string {
  if (error === undefined) return ''
  const value = error.value === null ? '' : ` ${quoted(error.value)}`
  return `row ${error.rowNumber}${value}: ${oneLine(error.message)}`
}

function firstErrors(report: ImportReport): string {
  const all = Object.values(report.errorsByCode).reduce((sum, errors) => sum + errors, 0)
  if (all === 0) return ''
  const cells = report.errors
    .slice(0, shownErrors)
    .map(({ rowNumber, line, field, value, message }) => [
      String(rowNumber),
      String(line),
      field ?? '',
      quoted(value),
      oneLine(message),
    ])
  const columns = [
    { title: 'ROW', align: 'right' },
    { title: 'LINE', align: 'right' },
    { title: 'FIELD' },
    { title: 'VALUE' },
    { title: 'MESSAGE' },
  ] as const
  const more = all - cells.length
  const title = more > 0 ? `The first ${cells.length} errors` : 'All errors'
  const rest = more > 0 ? `\n  … and ${count(more)} more; --errors FILE writes all of them.` : ''
  return `${title}\n${table(columns, cells)}${rest}`
}

/** Shown in the first line, so that it is not overlooked. */
function nothingImported({ warnings, processed, unprocessed }: ImportReport, complete: boolean): string {
  const warning = warnings.find(isNothingImported)
  if (warning !== undefined) return oneLine(warning.detail)
  return complete && processed + unprocessed === 0
    ? 'The file holds no records, so nothing was imported.'
    : ''
}

function warnings(report: ImportReport): string {
  const others = report.warnings.filter(warning => !isNothingImported(warning))
  if (others.length === 0) return ''
  return ['Warnings', ...others.map(({ detail }) => `  ${oneLine(detail)}`)].join('\n')
}

function isNothingImported({ code }: ImportReport['warnings'][number]): boolean {
  return code === 'NOTHING_IMPORTED'
}

function notJudged({ notJudged }: ImportReport): string {
  if (notJudged.length === 0) return ''
  return ['Not judged by a dry run', ...notJudged.map(what => `  ${oneLine(what)}`)].join('\n')
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '))
}
