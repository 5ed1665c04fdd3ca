// The report of an import → one JSON document for programs.
import { LadingError } from '@lading/core'
import type { ImportOutcome } from './import-run.ts'

/** The whole report, and `fault` if the import ended before the file. */
export function reportAsJson(outcome: ImportOutcome): string {
  return `${JSON.stringify(reportObject(outcome), null, 2)}\n`
}

/** The same as an object. */
export function reportObject({ report, fault }: ImportOutcome): object {
  return { ...report, ...(fault !== undefined && { fault: faultObject(fault) }) }
}

function faultObject(fault: unknown): { code: string; message: string } {
  const message = fault instanceof Error ? fault.message : String(fault)
  return { code: fault instanceof LadingError ? fault.code : 'INTERNAL', message }
}
