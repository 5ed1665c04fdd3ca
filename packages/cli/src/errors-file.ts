// Record errors → a CSV file for a spreadsheet, written as they occur.
import { closeSync, openSync, writeSync } from 'node:fs'
import type { RecordError } from '@lading/core'
import { cannotWrite, createSafeFile, type SafeFile } from './safe-file.ts'

const header = 'row_number,line,field_name,error_code,error_message,field_value,record_identifier\n'
const bufferedCharacters = 64 * 1024

export interface ErrorsFile {
  /** Never throws: a write error aborts `failed`, and with it the import. */
  add(error: RecordError): void
  /** Aborts with a CommandError as its reason if the file cannot be written. */
  readonly failed: AbortSignal
  /** Renames the complete file to its final name. @throws CommandError */
  finish(): Promise<void>
  /** Deletes the file; after `finish` it does nothing. */
  discard(): Promise<void>
}

/** @throws CommandError */
export async function createErrorsFile(target: string): Promise<ErrorsFile> {
  return new BufferedErrorsFile(target, await createSafeFile(target))
}

/** Writes synchronously: `onError` is not awaited, and a stream would buffer in memory what the disk cannot take. */
class BufferedErrorsFile implements ErrorsFile {
  private readonly failure = new AbortController()
  readonly failed = this.failure.signal
  private descriptor: number | undefined
  private buffer = header

  constructor(
    private readonly target: string,
    private readonly file: SafeFile,
  ) {
    this.descriptor = openSync(file.path, 'w')
  }

  add(error: RecordError): void {
    if (this.failed.aborted) return
    this.buffer += csvLine(error)
    if (this.buffer.length >= bufferedCharacters) this.flush()
  }

  async finish(): Promise<void> {
    this.flush()
    this.close()
    this.failed.throwIfAborted()
    await this.file.commit()
  }

  async discard(): Promise<void> {
    if (this.descriptor === undefined) return
    this.close()
    await this.file.discard()
  }

  private flush(): void {
    const bytes = Buffer.from(this.buffer)
    this.buffer = ''
    this.attempt(descriptor => {
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
    })
  }

  private attempt(work: (descriptor: number) => void): void {
    if (this.descriptor === undefined || this.failed.aborted) return
    try {
      work(this.descriptor)
    } catch (error) {
      this.failure.abort(cannotWrite(this.target, error))
    }
  }

  private close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = undefined
  }
}

/** One error as a line of CSV. */
export function csvLine(error: RecordError): string {
  const texts = [error.field, error.code, error.message, error.value, error.recordIdentifier]
  return `${[error.rowNumber, error.line, ...texts.map(cell)].join(',')}\n`
}

function cell(text: string | null): string {
  if (text === null) return ''
  // A spreadsheet would run such a text as a formula (OWASP, CSV injection).
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
