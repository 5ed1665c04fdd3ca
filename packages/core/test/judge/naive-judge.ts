// What the promise says, done in the plainest way: one record after the other against the rows that are there then.
import {
  type Cell,
  inputsOf,
  type Key,
  made,
  now,
  type StandIn,
  type TableRow,
  type Value,
  type World,
  type WrittenRecord,
} from './world.ts'

export interface JudgeOptions {
  readonly onConflict: 'error' | 'ignore' | 'update'
  readonly maxErrors?: number | undefined
  readonly dryRun?: boolean | undefined
  readonly atomic?: boolean | undefined
  /** Whose rows the file is for, in a world of tenants. */
  readonly tenant?: string | undefined
}

export interface Judgement {
  /** Code of the fault that ends the run. */
  readonly fault: string | undefined
  readonly counts: Readonly<
    Record<'processed' | 'successful' | 'failed' | 'inserted' | 'updated' | 'ignored' | 'unprocessed', number>
  >
  /** `row field code`, in the order in which they are reported. */
  readonly errors: readonly string[]
  readonly table: readonly TableRow[]
}

/** Judges a whole file. `before` is not changed. */
export function judgeFile(
  world: World,
  before: readonly TableRow[],
  file: readonly WrittenRecord[],
  { onConflict, maxErrors = Number.POSITIVE_INFINITY, dryRun = false, atomic = false, tenant }: JudgeOptions,
): Judgement {
  let table = [...before]
  const errors: string[] = []
  const counts = { inserted: 0, updated: 0, ignored: 0 }
  let failed = 0
  let read = 0
  for (const record of file) {
    read++
    const became = judgeRecord(world, table, record, { onConflict, tenant })
    if (became.what === 'failed') {
      failed++
      errors.push(...became.errors.map(error => `${record.rowNumber} ${error}`))
      if (failed === maxErrors) break
    } else {
      counts[became.what]++
      table = became.table
    }
  }
  const stopped = read < file.length ? 'TOO_MANY_ERRORS' : undefined
  if (atomic && failed > 0) {
    return {
      fault: stopped ?? 'IMPORT_ROLLED_BACK',
      counts: {
        processed: failed,
        successful: 0,
        failed,
        inserted: 0,
        updated: 0,
        ignored: 0,
        unprocessed: file.length - failed,
      },
      errors,
      table: before,
    }
  }
  const successful = counts.inserted + counts.updated + counts.ignored
  return {
    fault: stopped,
    counts: { processed: read, successful, failed, ...counts, unprocessed: file.length - read },
    errors,
    table: dryRun ? before : table,
  }
}

type Became =
  | { readonly what: 'failed'; readonly errors: readonly string[] }
  | { readonly what: 'inserted' | 'updated' | 'ignored'; readonly table: TableRow[] }

function judgeRecord(
  world: World,
  table: TableRow[],
  record: WrittenRecord,
  { onConflict, tenant }: Pick<JudgeOptions, 'onConflict' | 'tenant'>,
): Became {
  const broken =
    record.problem === undefined ? fieldErrors(world, record, tenant) : [`null ${record.problem}`]
  if (record.problem !== undefined) return { what: 'failed', errors: broken }
  if (broken.length > 0) return { what: 'failed', errors: withMissing(world, record, broken) }
  const whose = world.tenant
  const given = { ...presentValues(world, record), ...(whose && tenant && { [whose]: tenant }) }
  const isOwn = (row: TableRow) => whose === undefined || tenant === undefined || row[whose] === tenant
  const own = table.filter(isOwn)
  const unnamed = resolve(world, record, given, own)
  const matches = world.keys.map(key => own.find(row => isSame(key, given, row)))
  const { row: found, decider } = decide(world, given, matches, onConflict)

  const errors = world.keys.flatMap((key, index) => {
    const match = matches[index]
    const isTaken = match !== undefined && (onConflict === 'error' || (index !== decider && match !== found))
    return isTaken ? [`${key.fields[0]} ${key.code}`] : []
  })
  if (onConflict === 'ignore' && found !== undefined && errors.length === 0) return { what: 'ignored', table }
  for (const { field, code, to } of world.references) {
    const nameless = unnamed.find(standIn => standIn.standsFor === field)
    if (nameless !== undefined) errors.push(`${nameless.column.name} ${code}`)
    const wanted = given[field] ?? null
    if (wanted === null) continue
    // A row may refer to itself, but only if it is imported.
    const isThere =
      to === 'self'
        ? own.some(row => row.id === wanted) || (errors.length === 0 && given.id === wanted)
        : to.has(wanted)
    if (!isThere) errors.push(`${field} ${code}`)
  }
  if (errors.length > 0) return { what: 'failed', errors }
  // A row of another tenant conflicts, and nothing about it is revealed.
  const isTakenByOthers = (row: TableRow, others: readonly TableRow[]) =>
    others.some(other => !isOwn(other) && world.keys.some(key => isSame(key, row, other)))
  const refuses = (row: TableRow, others: readonly TableRow[]): Became | undefined => {
    const field = world.refuses(row, others)
    if (field === undefined && !isTakenByOthers(row, others)) return undefined
    const isReported = whose === undefined || tenant === undefined || field !== world.unknownKey
    return { what: 'failed', errors: [`${isReported ? (field ?? null) : null} CONSTRAINT_VIOLATION`] }
  }

  if (found === undefined) {
    const row = Object.fromEntries(
      world.columns.map(({ name, initial }) => [
        name,
        name in given ? (given[name] ?? null) : initialValue(initial, table),
      ]),
    )
    return refuses(row, table) ?? { what: 'inserted', table: [...table, row] }
  }
  if (Object.entries(given).every(([name, value]) => found[name] === value)) return { what: 'ignored', table }
  const touched = world.touched === undefined || world.touched in given ? {} : { [world.touched]: now }
  const row = { ...found, ...given, ...touched }
  const others = table.filter(other => other !== found)
  return refuses(row, others) ?? { what: 'updated', table: [...others, row] }
}

/** No row is ever deleted, so their number distinguishes generated values. */
function initialValue(initial: Value | undefined, table: readonly TableRow[]): Value {
  return initial === made ? `${made}#${table.length}` : (initial ?? null)
}

/**
 * A record that is invalid by itself is reported at once if it refers to missing rows of another table by a valid value.
 * Whether an earlier record of the same table was imported is not checked for it.
 */
function withMissing(world: World, { cells }: WrittenRecord, broken: readonly string[]): readonly string[] {
  const standIns = world.standIns ?? []
  const isWrong = (name: string) => broken.some(error => error.startsWith(`${name} `))
  const goodValue = (name: string) => {
    const cell = cells[name]
    return cell !== undefined && 'value' in cell && !isWrong(name) ? cell.value : null
  }
  const missing = world.references.flatMap(({ field, code, to }) => {
    if (to === 'self') return []
    const named = standIns.filter(
      ({ column, standsFor }) => standsFor === field && goodValue(column.name) !== null,
    )
    const nameless = named.find(({ column, find }) => find(goodValue(column.name) ?? '', []) === undefined)
    if (nameless !== undefined) return [`${nameless.column.name} ${code}`]
    const id = goodValue(field)
    return id !== null && !to.has(id) ? [`${field} ${code}`] : []
  })
  const order = inputsOf(world).map(({ name }) => name)
  const placeOf = (error: string) => order.indexOf(error.slice(0, error.indexOf(' ')))
  return [...broken, ...missing].sort((one, other) => placeOf(one) - placeOf(other))
}

/** Which key says which row is meant, and that row. `decider` -1: none. */
function decide(
  world: World,
  given: TableRow,
  matches: readonly (TableRow | undefined)[],
  onConflict: JudgeOptions['onConflict'],
): { readonly row: TableRow | undefined; readonly decider: number } {
  if (onConflict === 'error') return { row: undefined, decider: -1 }
  const hasId = world.keys[0]?.fields.join() === 'id' && (given.id ?? null) !== null
  const first = onConflict === 'update' && hasId ? 0 : matches.findIndex(match => match !== undefined)
  return { row: matches[first], decider: first }
}

function isSame({ fields, ignoreCase, nullsEqual }: Key, given: TableRow, row: TableRow): boolean {
  return fields.every(field => {
    const [one, other] = [given[field] ?? null, row[field] ?? null]
    if (one === null || other === null) return nullsEqual === true && one === other
    return ignoreCase ? one.toLowerCase() === other.toLowerCase() : one === other
  })
}

/** The fields that say something: null does not where the column takes none. */
function presentValues({ columns }: World, { cells }: WrittenRecord): TableRow {
  const values: TableRow = {}
  for (const { name, notNull, canonical } of columns) {
    const cell = cells[name]
    if (cell === undefined || !('value' in cell) || (cell.value === null && notNull)) continue
    values[name] = cell.value === null ? null : (canonical?.(cell.value) ?? cell.value)
  }
  return values
}

/** Replaces names by ids. @returns the unknown names */
function resolve(
  { standIns = [] }: World,
  { cells }: WrittenRecord,
  given: TableRow,
  table: readonly TableRow[],
): readonly StandIn[] {
  return standIns.filter(({ column, standsFor, find }) => {
    const cell = cells[column.name]
    if (cell === undefined || !('value' in cell) || cell.value === null) return false
    const id = find(cell.value, table)
    if (id === undefined) return true
    given[standsFor] = id
    return false
  })
}

function fieldErrors(world: World, { cells }: WrittenRecord, tenant: string | undefined): string[] {
  const isNamed = (field: string) =>
    (world.standIns ?? []).some(({ column: { name }, standsFor }) => {
      const cell = cells[name]
      return standsFor === field && cell !== undefined && !('value' in cell && cell.value === null)
    })
  return inputsOf(world).flatMap(({ name, required, faults }) => {
    const cell: Cell = cells[name] ?? { value: null }
    if ('fault' in cell) return [`${name} ${faults.code}`]
    const isForeign =
      name === world.tenant && tenant !== undefined && cell.value !== null && cell.value !== tenant
    if (isForeign) return [`${name} SCOPE_VIOLATION`]
    const isMissing = cell.value === null || cell.value === ''
    return required && isMissing && !isNamed(name) ? [`${name} MISSING_FIELD`] : []
  })
}
