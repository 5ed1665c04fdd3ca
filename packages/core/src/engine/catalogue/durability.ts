// A target → whether its rows survive a crash of PostgreSQL, as the report of an import does.
import { LadingError } from '../../errors/lading-error.ts'
import { doBlock } from '../../postgres/identifier.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import { databaseFault, notDurable } from '../../postgres/sqlstate.ts'
import { and } from './rules/check-words.ts'
import type { Target } from './target.ts'

export interface DurabilityWarning {
  readonly code: 'UNLOGGED_TABLE' | 'FOREIGN_TABLE'
  readonly detail: string
}

/** Whose transaction the rows are written in. A temporary table exists only on the connection that created it. */
type Transaction = 'own' | 'caller'

type Lack = 'unlogged' | 'temporary' | 'foreign'

/**
 * Query for the relations that a batch can write to or draw from: the table with its partitions and child tables, the
 * tables below a view, and the sequences of the columns. The persistence of a partitioned table itself is ignored: it
 * holds no rows.
 */
function reachedSql({ table: { oid, columns } }: Target): string {
  const sequences = columns.flatMap(column => column.sequences)
  const drawn = [...new Set(sequences)].map(
    name => `union all select to_regclass('${name.replaceAll("'", "''")}')`,
  )
  return `
with recursive below(oid) as (
  select ${Number(oid)}::oid
  union
  select reached.oid from below cross join lateral (
    select i.inhrelid from pg_inherits i where i.inhparent = below.oid
    union all
    select d.refobjid from pg_rewrite w
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
    where w.ev_class = below.oid and w.rulename = '_RETURN' and d.refobjid <> below.oid
  ) reached(oid)
)
select c.oid, c.relkind, case
    when c.relkind = 'f' then 'foreign'
    when c.relpersistence = 't' then 'temporary'
    when c.relpersistence = 'u' and c.relkind <> 'p' then 'unlogged'
  end as lack
from pg_class c where c.oid in (select oid from below ${drawn.join(' ')})`
}

/**
 * Checks the table before each run, because it may have been altered since it was read.
 *
 * @returns the warnings that the resource allows, to be reported with the import
 * @throws LadingError `RESOURCE_MISMATCH` if the rows would not survive and the resource does not allow that
 */
export async function assertDurable(
  client: Client,
  target: Target,
  transaction: Transaction,
): Promise<readonly DurabilityWarning[]> {
  const { resource } = target
  const sql = `select found.oid::regclass::text as name, relkind = 'S' as is_sequence, lack from (${reachedSql(target)}) found
    where lack is not null order by found.oid`
  const { rows } = await client.query(sql).catch((error: unknown) => {
    throw databaseFault(error)
  })
  const lacking = (lack: Lack) =>
    rows
      .filter(row => row.lack === lack)
      .map(row => ({ name: String(row.name), isSequence: row.is_sequence === true }))
  const [unlogged, temporary, foreign] = [lacking('unlogged'), lacking('temporary'), lacking('foreign')]
  if (temporary.length > 0 && transaction === 'own') {
    throw mismatch(
      resource.name,
      `${and(temporary.map(({ name }) => name))} ${areOrIs(temporary)} temporary, and would disappear when its connection closes; use a permanent table, or import in your own transaction (run({ client }))`,
    )
  }
  if (unlogged.length > 0 && resource.unlogged === 'refuse') {
    const remedies = unlogged.map(
      ({ name, isSequence }) => `ALTER ${isSequence ? 'SEQUENCE' : 'TABLE'} ${name} SET LOGGED`,
    )
    throw mismatch(
      resource.name,
      `${and(unlogged.map(({ name }) => name))} ${areOrIs(unlogged)} UNLOGGED: a crash of PostgreSQL empties ${unlogged.length > 1 ? 'them' : 'it'}, and the records would still be reported as imported. Run ${and(remedies)}, or set unlogged: 'allow' on the resource`,
    )
  }
  return [
    ...unlogged.map(
      ({ name }): DurabilityWarning => ({
        code: 'UNLOGGED_TABLE',
        detail: `${name} is UNLOGGED: a crash of PostgreSQL empties it, even though the records are reported as imported`,
      }),
    ),
    ...foreign.map(
      ({ name }): DurabilityWarning => ({
        code: 'FOREIGN_TABLE',
        detail: `${name} is on another server, which commits separately: a crash during a commit can leave a batch there that is not counted here and will be imported again`,
      }),
    ),
  ]
}

/**
 * Block for the end of a job: it raises if a table was altered since the attempt began, so that the job does not become
 * `completed`. A crash in between ends the attempt, and the next one checks again when it starts.
 *
 * @param reportTables names of the tables that hold the report
 */
export function durabilitySql(target: Target, reportTables: readonly string[]): string {
  const lacks = target.resource.unlogged === 'allow' ? `'temporary'` : `'unlogged', 'temporary'`
  const found = `select from (${reachedSql(target)}) found where lack in (${lacks})`
  const reportOids = reportTables.map(name => `'${name}'::regclass`).join(', ')
  return doBlock(`
begin
  if exists (${found}) or exists (select from pg_class where oid in (${reportOids}) and relpersistence <> 'p') then
    raise exception using errcode = '${notDurable}', message = 'not kept';
  end if;
end`)
}

function areOrIs(names: readonly unknown[]): string {
  return names.length > 1 ? 'are' : 'is'
}

function mismatch(resource: string, reason: string): LadingError {
  return new LadingError(
    'RESOURCE_MISMATCH',
    `Nothing can be imported into the resource "${resource}": ${reason}.`,
  )
}
