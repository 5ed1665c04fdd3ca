// Documented options that are not built yet: asked for, they are refused in one sentence, never ignored.
import { LadingError } from '../errors/lading-error.ts'

/** Values with which an option asks for nothing. Absent in the table: any value asks for something. */
const idle: ReadonlyMap<string, readonly unknown[]> = new Map<string, readonly unknown[]>([
  ['on_conflict', ['error']],
  ['dry_run', [false]],
  ['atomic', [false]],
  ['unknown_columns', ['warn']],
  ['delimiter', [',']],
  ['encoding', ['utf-8', 'UTF-8', 'utf8']],
  ['excel', [false]],
  ['unprocessed', [false]],
])

/** Options that are carried out. */
const built: ReadonlySet<string> = new Set([
  'resource',
  'format',
  'status',
  'limit',
  'offset',
  'cursor',
  'filters',
])

/** @throws LadingError `NOT_IMPLEMENTED` @param except options of `built` that this endpoint does not have yet */
export function refuseUnbuilt(
  options: Readonly<Record<string, unknown>>,
  except: readonly string[] = [],
): void {
  for (const [name, value] of Object.entries(options)) {
    const isBuilt = built.has(name) && !except.includes(name)
    if (isBuilt || value === undefined || idle.get(name)?.includes(value)) continue
    throw notYet(`The option "${name}"${idle.has(name) ? ` with the value "${String(value)}"` : ''}`)
  }
  if (options.format === 'json') throw notYet('The format json')
}

export function refuseIdempotencyKey(headers: { readonly [name: string]: unknown }): void {
  if (headers['idempotency-key'] !== undefined) throw notYet('The header Idempotency-Key')
}

export function notYet(what: string): LadingError {
  return new LadingError('NOT_IMPLEMENTED', `${what} is not implemented yet.`)
}
