// Advances the sequences of the columns that a run writes past the imported values, or warns if that is not possible.

import { doBlock, literal } from '../../../postgres/identifier.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import { databaseFault } from '../../../postgres/sqlstate.ts'
import type { Target, TargetColumn } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { isGiven } from '../merge/compare-sql.ts'
import { numbers } from '../merge/merge-sql.ts'
import {
  advanceSql,
  advanceVariables,
  isBehindSql,
  keepNotes,
  notesColumn,
  type SequenceNote,
} from './sequence-sql.ts'
import { type SequenceWarning, warningOf } from './sequence-warning.ts'

export interface SequenceOptions {
  /**
   * - `batch`: in the transaction of each batch, so that no committed row is ahead of its sequence.
   * - `end`: once at the end, because the transaction may be long and others wait for its locks.
   * - `never`: sequences are not moved.
   */
  readonly when: 'batch' | 'end' | 'never'
  readonly onWarning: (warning: SequenceWarning) => void
}

/** The plpgsql statements for the row-by-row loop, for batches in which only some rows give their number. */
export interface LoopSequences {
  readonly variables: string
  /** Before the row `s` is inserted. */
  readonly before: string
  /** After the row `s` is inserted. */
  readonly after: string
}

/** The sequences of one run. */
export interface Sequences {
  /** Returns the statements that follow the merge of a batch; pass their result to `handleResult`. */
  afterBatch(staging: string, batch: StagedBatch, rows: BatchRows): string
  /** The same after a batch that was copied straight into the table, with all of its rows. */
  afterCopy(batch: StagedBatch): string
  /** Processes the result of a query that included these statements. */
  handleResult(result: unknown): void
  /** Returns a query that checks whether a record could get a number that another record of the batch gives, or undefined. */
  clashSql(staging: string, batch: StagedBatch): string | undefined
  inLoop(batch: StagedBatch): LoopSequences | undefined
  /** Call before a batch: if the batch draws numbers, advances the sequences past the numbers of earlier batches. */
  beforeBatch(client: Client, batch: StagedBatch): Promise<void>
  /** Call at the end of the run: advances the sequences for which values are pending. */
  settle(client: Client): Promise<void>
}

/** Numbers of rows of a batch. */
interface BatchRows {
  /** Rows that were not inserted. */
  readonly out: readonly number[]
  /** Those of `out` that changed, or may have changed, a row: an update can write a number to any column but the key. */
  readonly updated?: readonly number[]
}

interface WrittenColumn {
  readonly column: TargetColumn
  /** Index among the columns of the batch. */
  readonly position: number
  readonly isMixed: boolean
}

const wholeNumbers = ['int2', 'int4', 'int8', 'numeric']

export function createSequences(target: Target, { when, onWarning }: SequenceOptions): Sequences {
  const tracked = target.writable.filter(
    ({ info }) => when !== 'never' && info.sequences.length > 0 && wholeNumbers.includes(info.type),
  )
  const primary = target.keys.find(({ isPrimary }) => isPrimary)
  const isNeverUpdated = (column: TargetColumn) =>
    column.info.isAlways || primary?.columns.includes(column) === true
  /** Sequences whose lock was not granted in time. */
  const busy = new Set<string>()
  /** Sequences that were restarted, so that no session holds preallocated numbers. */
  const restarted = new Set<string>()
  /** Values written by earlier batches, by sequence; used only with `end`. */
  const pending = new Map<string, string[]>()

  const writtenIn = ({ columns }: StagedBatch): ReadonlyMap<string, readonly WrittenColumn[]> => {
    const found = new Map<string, WrittenColumn[]>()
    for (const [position, { column, isMixed }] of columns.entries()) {
      if (!tracked.includes(column)) continue
      for (const name of column.info.sequences) {
        found.set(name, [...(found.get(name) ?? []), { column, position, isMixed }])
      }
    }
    return found
  }
  const advance = (
    sequence: string,
    values: string,
    { mayLock, mayBeHeld = !restarted.has(sequence) }: { mayLock: boolean; mayBeHeld?: boolean },
  ) => advanceSql({ sequence, values, mayLock: mayLock && !busy.has(sequence), mayBeHeld })
  const processNotes = (notes: readonly SequenceNote[]) => {
    for (const one of notes) {
      if (one.busy) busy.add(one.sequence)
      if (one.how === 'locked') restarted.add(one.sequence)
      const columns = tracked.filter(({ info }) => info.sequences.includes(one.sequence))
      const warning = warningOf(one, columns)
      if (warning !== undefined) onWarning(warning)
    }
  }
  const hear = (result: unknown) => {
    for (const { rows } of [result].flat() as readonly {
      readonly rows?: readonly Record<string, unknown>[]
    }[]) {
      const found = rows?.[0]
      // The statements here build exactly these shapes.
      const notes = found?.lading_sequences
      if (typeof notes === 'string' && notes !== '') processNotes(JSON.parse(notes))
      for (const [name, value] of Object.entries(
        (found?.lading_written ?? {}) as Record<string, string | null>,
      )) {
        if (value !== null) pending.set(name, [...(pending.get(name) ?? []), value])
      }
    }
  }
  const settle = async (client: Client, mayLock: boolean) => {
    if (pending.size === 0) return
    const steps = [...pending].map(([sequence, values]) =>
      advance(sequence, `select unnest('{${values.join()}}'::numeric[]) as v`, { mayLock }),
    )
    pending.clear()
    const result = await client
      .query(`${advanceBlock(steps)}; select ${notesColumn}`)
      .catch((error: unknown) => {
        throw databaseFault(error)
      })
    hear(result)
  }
  const after = (batch: StagedBatch, valuesOf: (columns: readonly WrittenColumn[]) => string) => {
    const written = [...writtenIn(batch)]
    if (written.length === 0) return ''
    if (when === 'batch') {
      const steps = written.map(([sequence, columns]) =>
        advance(sequence, valuesOf(columns), { mayLock: true }),
      )
      return `${advanceBlock(steps)}; select ${notesColumn}`
    }
    const farthest = written.map(
      ([sequence, columns]) => `${literal(sequence)}, ${farthestSql(sequence, valuesOf(columns))}::text`,
    )
    return `select json_build_object(${farthest.join(', ')}) as lading_written`
  }
  return {
    handleResult: hear,
    afterCopy: batch => after(batch, columns => givenValues(columns, batch)),
    afterBatch(staging, batch, { out, updated = [] }) {
      if (out.length - updated.length === batch.rows.length) return ''
      const changed = new Set(updated)
      const [inserted, insertedOrUpdated] = [out, out.filter(row => !changed.has(row))].map(rows =>
        rows.length === 0 ? '' : `where s.lading_row <> all (${numbers(rows)})`,
      )
      const from = (column: TargetColumn) =>
        `from ${staging} s ${isNeverUpdated(column) ? inserted : insertedOrUpdated}`
      return after(batch, columns => values(columns, from))
    },
    clashSql(staging, batch) {
      const mixed = [...writtenIn(batch)].filter(([, columns]) => columns.some(({ isMixed }) => isMixed))
      if (mixed.length === 0) return undefined
      const clashes = mixed.map(([sequence, columns]) =>
        isBehindSql(
          sequence,
          values(columns, () => `from ${staging} s`),
        ),
      )
      return `select ${clashes.join(' or ')} as clashes`
    },
    inLoop(batch) {
      const mixed = [...writtenIn(batch)].filter(([, columns]) => columns.some(({ isMixed }) => isMixed))
      if (mixed.length === 0) return undefined
      return {
        variables:
          advanceVariables + mixed.map((_, index) => `brought_${index} numeric[] := '{}';`).join(' '),
        before: mixed
          .map(([sequence, columns], index) => {
            const draws = columns
              .filter(({ isMixed }) => isMixed)
              .map(({ position }) => `not (${isGiven(position)})`)
            return `
        if brought_${index} <> '{}' and (${draws.join(' or ')}) then
          ${advance(sequence, `select unnest(brought_${index}) as v`, { mayLock: when === 'batch', mayBeHeld: false })}
          brought_${index} := array[wanted];
        end if;`
          })
          .join(''),
        after: mixed
          .flatMap(([, columns], index) =>
            columns.map(
              ({ column: { staged } }) => `
        if s.${staged} is not null then brought_${index} := brought_${index} || s.${staged}::numeric; end if;`,
            ),
          )
          .join(''),
      }
    },
    async beforeBatch(client, { columns }) {
      const isFull = (column: TargetColumn) => columns.some(one => one.column === column && !one.isMixed)
      if (!tracked.every(isFull)) await settle(client, false)
    },
    settle: client => settle(client, true),
  }
}

/** @param from returns the `from` clause of the rows `s` */
function values(columns: readonly WrittenColumn[], from: (column: TargetColumn) => string): string {
  return columns
    .map(({ column }) => `select s.${column.staged}::${column.info.castType} as v ${from(column)}`)
    .join(' union all ')
}

/** The values of the rows of a batch. */
function givenValues(columns: readonly WrittenColumn[], { rows }: StagedBatch): string {
  const given = columns.flatMap(({ column: { field, codec } }) =>
    rows.flatMap(({ values: { [field.index]: value } }) =>
      // The values come from the codec's own parser.
      value === undefined || value === null ? [] : codec.toCopy(value as never),
    ),
  )
  return `select unnest('{${given.join()}}'::numeric[]) as v`
}

function farthestSql(sequence: string, written: string): string {
  return `(select case when max(q.step) > 0 then max(v) else min(v) end from (${written}) written,
    (select seqincrement as step, seqmin, seqmax from pg_sequence where seqrelid = to_regclass(${literal(sequence)})) q
    where v between q.seqmin and q.seqmax)`
}

function advanceBlock(steps: readonly string[]): string {
  return doBlock(`
declare ${advanceVariables}
begin
  ${steps.join('')}
  ${keepNotes}
end`)
}
