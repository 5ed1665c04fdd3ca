// Writes the records of a resource into one file and the planted errors into another; returns the counts.
import type { WrittenRecord } from './fault.ts'
import { Output } from './output.ts'
import { stream } from './rng.ts'

/** What an import of the file must report. */
export interface ResourceReport {
  records: number
  successful: number
  failed: number
  /** Errors, of which a record can have several. */
  errors_by_code: Record<string, number>
}

export interface ResourceFile {
  path: string
  expectedPath: string
  count: number
  record(index: number): WrittenRecord
  /** First line of the file, with its end. */
  header?: string
  /** Set where now and then an empty line is between records; it counts for `row_number`, as in NDJSON. */
  blankLineSeed?: number
}

export async function writeResource(file: ResourceFile): Promise<ResourceReport> {
  const data = await Output.create(file.path)
  const expected = await Output.create(file.expectedPath).catch(async (cause: unknown) => {
    await data.close({ discard: true })
    throw cause
  })
  let discard = true
  try {
    const report = await writeRecords(file, data, expected)
    discard = false
    return report
  } finally {
    await Promise.all([data.close({ discard }), expected.close({ discard })])
  }
}

async function writeRecords(file: ResourceFile, data: Output, expected: Output): Promise<ResourceReport> {
  const codes = new Map<string, number>()
  const isBlankAfter = blankLines(file.blankLineSeed)
  let failed = 0
  let rowNumber = 1
  if (file.header !== undefined) {
    data.write(file.header)
    rowNumber++
  }
  for (let index = 0; index < file.count; index++) {
    const { text, errors } = file.record(index)
    data.write(text)
    if (errors.length > 0) failed++
    for (const { field, code } of errors) {
      expected.write(`${JSON.stringify({ row_number: rowNumber, field, code })}\n`)
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }
    rowNumber++
    if (isBlankAfter(index)) {
      data.write('\n')
      rowNumber++
    }
    if (data.full) await Promise.all([data.flush(), expected.flush()])
  }
  const sorted = [...codes].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    records: file.count,
    successful: file.count - failed,
    failed,
    errors_by_code: Object.fromEntries(sorted),
  }
}

function blankLines(seed: number | undefined): (index: number) => boolean {
  if (seed === undefined) return () => false
  const chances = stream(seed, 'blank-lines')
  return index => chances(index).below(1000) === 0
}
