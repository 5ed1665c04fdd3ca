// SQL of the last road: one loop on the server that judges and writes row by row, in the order of the file.

import { doBlock, literal } from '../../../postgres/identifier.ts'
import { rowsSuppressed } from '../../../postgres/sqlstate.ts'
import type { Target, TargetReference } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import { keepNotes, notesColumn } from '../sequences/sequence-sql.ts'
import type { LoopSequences } from '../sequences/sequences.ts'
import type { Questions } from './classify-sql.ts'
import { differs, isMissing, isPresent, isSameRow, placeOf, several, stagedValue } from './compare-sql.ts'
import type { OnConflict } from './conflict.ts'
import {
  anyError,
  type ConstraintFailure,
  diagnose,
  diagnosis,
  diagnosisVariables,
  isNotOfARow,
  isProbed,
  isRetried,
} from './constraint-failure.ts'
import {
  assertKept,
  assignments,
  constraintsChecked,
  constraintsNow,
  insertLists,
  numbers,
} from './merge-sql.ts'
import { resolveRow } from './resolve-sql.ts'

/** A row that keys or references keep out, by their places among the questions. */
export interface Rejection {
  readonly row: number
  readonly keys: readonly number[]
  readonly references: readonly number[]
}

export interface RowByRowOutcome {
  readonly inserted: number
  /** Rows that changed one of the table. */
  readonly updated: readonly number[]
  /** Rows. */
  readonly ignored: readonly number[]
  readonly rejections: readonly Rejection[]
  readonly refusals: readonly ConstraintFailure[]
}

export interface SerialWork {
  readonly target: Target
  readonly staging: string
  readonly batch: StagedBatch
  /** What is looked up of each row; nothing where whoever called knows it already. */
  readonly questions: Questions
  readonly onConflict: OnConflict
  readonly inLoop?: LoopSequences | undefined
  /** @defaultValue all rows of the batch */
  readonly rows?: readonly number[]
}

/** What somebody else has inserted between the look and the write is looked at again. */
const attemptsAtARow = 3

/**
 * Each row meets the table as the rows before it left it, in a subtransaction of its own. Without questions it only
 * tries to insert: 5,000 rows then cost about 60 ms whatever the share of refused ones; a savepoint for each row from
 * outside 1,038 ms.
 */
export function serialSql(work: SerialWork): string {
  const { target, staging, batch, rows, onConflict, inLoop } = work
  const { columns, values, overriding } = insertLists(target, batch)
  const { keys, references } = work.questions
  const where = rows === undefined ? '' : `where lading_row = any (${numbers(rows)})`
  return doBlock(`
declare
  s record;
  ${keys.map((_, index) => `place_${index} text;`).join(' ')}
  ${references.map((_, index) => `missing_${index} boolean;`).join(' ')}
  place text;
  own int;
  clashes int[];
  missing int[];
  affected bigint;
  probed text[] := '{}';
  inserted bigint := 0;
  updated int[] := '{}';
  ignored int[] := '{}';
  rejections json[] := '{}';
  refusals json[] := '{}';
  ${inLoop?.variables ?? ''}
${diagnosisVariables}
begin
  ${constraintsNow(target)}
  for s in select * from ${staging} ${where} order by lading_row loop
    for attempt in 1..${attemptsAtARow} loop
      begin
        own := null;
        clashes := '{}';
        missing := '{}';
        ${resolveRow(target, batch)}
        ${lookUps(work)}
        ${decision(work)}
        ${references.map((reference, index) => missingReference(work, reference, index)).join('\n        ')}
        if clashes <> '{}' or missing <> '{}' then
          rejections := rejections || json_build_object('row', s.lading_row, 'keys', clashes, 'references', missing);
          exit;
        end if;
        if own is null then
          ${inLoop?.before ?? ''}
          insert into ${target.table.sql} (${columns}) ${overriding} values (${values});
          get diagnostics affected = row_count;
          if affected <> 1 then
            raise exception using errcode = '${rowsSuppressed}', message = 'row was suppressed';
          end if;
          ${constraintsChecked(target)}
          inserted := inserted + 1;
          ${inLoop?.after ?? ''}
        ${keys.map((_, index) => update(work, index)).join('\n        ')}
        end if;
        exit;
      exception when ${anyError} then
        ${diagnose}
        if ${isNotOfARow} then
          raise;
        end if;
        continue when (${isRetried} or state = '23505' and ${onConflict !== 'error'}) and attempt < ${attemptsAtARow};
        ${probe(work)}
        refusals := refusals || json_build_object('row', s.lading_row, ${diagnosis});
        exit;
      end;
    end loop;
  end loop;
  perform set_config('lading.outcome', json_build_object(
    'inserted', inserted, 'updated', updated, 'ignored', ignored,
    'rejections', rejections, 'refusals', refusals)::text, true);
  ${inLoop === undefined ? '' : keepNotes}
end`)
}

/**
 * Tells what refuses one row from what would refuse every row: the statements of the loop are carried out without any
 * row. Names and privileges are looked up all the same. Asked once for each state; it raises if it is no row's.
 */
function probe({ target, staging, batch, questions, onConflict }: SerialWork): string {
  const { columns, values, overriding } = insertLists(target, batch)
  const set = onConflict === 'update' && questions.keys.length > 0 ? assignments(target, batch) : ''
  const statements = [
    `insert into ${target.table.sql} (${columns}) ${overriding} select ${values} from ${staging} s where false`,
    ...(set === '' ? [] : [`update ${target.table.sql} t set ${set} from ${staging} s where false`]),
  ]
  // Executed as texts: in a statement of the block itself, `s` would be the row at fault.
  return `
        if ${isProbed} and state <> all (probed) then
          probed := probed || state;
          ${statements.map(sql => `execute ${literal(sql)};`).join(' ')}
        end if;`
}

/** Reads what the loop left behind in a setting of the transaction. */
export const outcomeSql = `select current_setting('lading.outcome')::json as outcome, ${notesColumn}`

function lookUps({ target, questions: { keys, references } }: SerialWork): string {
  const asked = [...keys.map(key => placeOf(target, key)), ...references.map(isMissing)]
  const into = [
    ...keys.map((_, index) => `place_${index}`),
    ...references.map((_, index) => `missing_${index}`),
  ]
  return asked.length === 0 ? '' : `select ${asked.join(', ')} into ${into.join(', ')};`
}

/** The same rule as `decide`: which row the record is, and which keys belong to another one. */
function decision({ target, questions: { keys }, onConflict }: SerialWork): string {
  if (keys.length === 0) return ''
  const places = keys.map((_, index) => `place_${index}`)
  const isOfSeveral = (name: string) =>
    onConflict === 'update' && target.table.hasChildTables ? ` or ${name} = '${several}'` : ''
  const clashes = places.map(
    (name, index) =>
      `if ${name} is not null and (${name} is distinct from place${isOfSeveral(name)}) then clashes := clashes || ${index}; end if;`,
  )
  if (onConflict === 'error') return `place := null; ${clashes.join(' ')}`
  const first = `own := case ${places.map((name, index) => `when ${name} is not null then ${index}`).join(' ')} end; place := coalesce(${places.join(', ')});`
  const primary = keys.findIndex(({ isPrimary }) => isPrimary)
  const given = keys[primary]
  if (onConflict === 'ignore' || given === undefined) {
    const skip =
      onConflict === 'ignore'
        ? `if own is not null and clashes = '{}' then ignored := ignored || s.lading_row; exit; end if;`
        : ''
    return `${first} ${clashes.join(' ')} ${skip}`
  }
  return `
      if ${isPresent(given)} then
        own := case when place_${primary} is not null then ${primary} end; place := place_${primary};
      else
        ${first}
      end if;
      ${clashes.join(' ')}`
}

/** A row may refer to itself, if it gets in: nothing else may be wrong with it. */
function missingReference({ target }: SerialWork, reference: TargetReference, index: number): string {
  const provider = target.writable.find(({ info }) => info.name === reference.reference.column)
  const isItself =
    reference.isSelf && provider !== undefined
      ? ` and not (own is null and clashes = '{}' and missing = '{}' and coalesce(${stagedValue(provider)} = ${stagedValue(reference.column)}, false))`
      : ''
  return `if missing_${index}${isItself} then missing := missing || ${index}; end if;`
}

/** Written only if something changes; if nothing was written although something would, a trigger dropped it. */
function update({ target, batch, questions, onConflict }: SerialWork, index: number): string {
  const key = questions.keys[index]
  if (onConflict !== 'update' || key === undefined) return ''
  const changed = `${isSameRow(target, key)} and ${differs(batch.columns)}`
  const set = assignments(target, batch)
  const kept = assertKept(batch, `select from ${target.table.sql} t where ${isSameRow(target, key)} and`)
  if (set === '') return `elsif own = ${index} then ${kept} ignored := ignored || s.lading_row;`
  return `elsif own = ${index} then
        ${kept}
        update ${target.table.sql} t set ${set} where ${changed};
        get diagnostics affected = row_count;
        if affected = 1 then
          ${constraintsChecked(target)}
          updated := updated || s.lading_row;
        elsif exists (select from ${target.table.sql} t where ${changed}) then
          raise exception using errcode = '${rowsSuppressed}', message = 'row was suppressed';
        else
          ignored := ignored || s.lading_row;
        end if;`
}
