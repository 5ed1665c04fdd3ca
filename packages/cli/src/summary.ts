// The report of an import → text for a person.
import type { ImportReport, RecordError } from '@lading/core'
import type { ImportOutcome } from './import-run.ts'
import { count, printable, quoted, rows } from './printable.ts'
import { table } from './table.ts'

const shownErrors = 10

/** @param file what the file is called */
export function summary({ report, complete, examples }: ImportOutcome, file: string): string {
  if (report === undefined) return ''
  const state = complete ? '' : ' (stopped before the end)'
  const sections = [
    `${printable(file)} into ${report.resource}${state}`,
    totals(report),
    errorsByCode(report, examples),
    firstErrors(report),
    warnings(report),
  ]
  return `${sections.filter(section => section !== '').join('\n\n')}\n`
}

/** What stays in the table after an import that did not come to its end. */
export function committed({ processed, successful, failed }: ImportReport): string {
  if (processed === 0) return 'Nothing was imported.'
  const rejected = failed === 0 ? '' : `; ${count(failed)} ${were(failed)} rejected`
  if (successful === 0) return `Before that, no row was imported${rejected}.`
  return `${rows(successful)} ${were(successful)} imported before that and ${successful === 1 ? 'stays' : 'stay'}${rejected}.`
}

function were(value: number): string {
  return value === 1 ? 'was' : 'were'
}

function totals({ processed, successful, failed, durationSeconds }: ImportReport): string {
  const speed = Math.round(processed / Math.max(durationSeconds, 0.001))
  return [
    `  rows read  ${count(processed)}`,
    `  imported   ${count(successful)}`,
    `  rejected   ${count(failed)}`,
    `  seconds    ${durationSeconds.toFixed(2)}  (${count(speed)} rows/s)`,
  ].join('\n')
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

function warnings(report: ImportReport): string {
  if (report.warnings.length === 0) return ''
  return ['Warnings', ...report.warnings.map(({ detail }) => `  ${oneLine(detail)}`)].join('\n')
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '))
}
