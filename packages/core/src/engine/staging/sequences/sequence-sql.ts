// SQL that advances a sequence past values written to its column, so that its next number is free.
import { literal } from '../../../postgres/identifier.ts'

/** What was done with a sequence. There is no note if the sequence was already past the values. */
export interface SequenceNote {
  /** Quoted, with its schema. */
  readonly sequence: string
  /**
   * - `locked`: restarted in the transaction, under a lock.
   * - `drawn`: advanced by drawing numbers one by one.
   * - `set`: set without a lock, because no lock was available.
   * - `denied`: not moved, because the user lacks the privileges.
   */
  readonly how: 'locked' | 'drawn' | 'set' | 'denied'
  /** The lock was not granted in time. */
  readonly busy: boolean
  /** How many numbers a session preallocates at a time. */
  readonly cached: number
}

export interface Advance {
  /** Quoted, with its schema. */
  readonly sequence: string
  /** A query that returns the written values in the column `v`. */
  readonly values: string
  /** False if the transaction may be long, because others wait for the lock when they draw a number. */
  readonly mayLock: boolean
  /** Sessions may hold preallocated numbers. A restart invalidates them. */
  readonly mayBeHeld: boolean
}

/**
 * Up to this many numbers are drawn instead of restarting the sequence, because a restart makes others wait until the
 * transaction ends. Measured on PostgreSQL 15 and 18: drawing takes 1 to 2 µs a number; a restart with its lock takes 1 to
 * 2 ms regardless of the distance.
 */
const drawLimit = 500

/** Limit if no lock is available: drawing never moves a sequence back, and 10,000 numbers take 20 ms. */
const unlockedDrawLimit = 10_000

/** Limit for a role that may only draw: this takes 2 seconds. */
const drawOnlyLimit = 1_000_000

/** The lock waits for open transactions that have drawn a number, and others wait for the lock to draw one. */
const lockTimeout = '100ms'

/** The plpgsql variables that `advanceSql` needs. */
export const advanceVariables = `
  seq regclass;
  q record;
  wanted numeric;
  upcoming numeric;
  last_number int8;
  was_called boolean;
  steps numeric;
  target int8;
  drawn int8;
  how text;
  is_busy boolean;
  kept_timeout text;
  sequence_notes json[] := '{}';`

/**
 * Returns plpgsql statements that advance a sequence. It keeps its increment pattern (with a step of 2 from 1 it stays
 * odd), stops at its bounds and never moves back. A rollback undoes a restart, but not drawn numbers or `setval`.
 */
export function advanceSql({ sequence, values, mayLock, mayBeHeld }: Advance): string {
  const read = readPosition(sequence)
  const alter = (change: string, value: string) =>
    `execute ${literal(`alter sequence ${sequence} ${change} `)} || ${value};`
  return `
  seq := to_regclass(${literal(sequence)});
  select seqincrement::numeric as step, seqmin as least, seqmax as most, seqstart as start, seqcache as cached,
    c.relowner as owner, c.relpersistence = 't' as is_own
  into q from pg_sequence join pg_class c on c.oid = seqrelid where seqrelid = seq;
  select case when q.step > 0 then max(v) else min(v) end into wanted from (${values}) written where v between q.least and q.most;
  how := null;
  is_busy := false;
  if wanted is not null then
    ${read}
    if last_number is null then
      how := 'denied';
    elsif q.is_own then
      if steps > 0 then perform setval(seq, target); end if;
    elsif steps > 0 or (q.cached > 1 and ${mayBeHeld}) then
      if ${mayLock} and (steps > ${drawLimit} or q.cached > 1) and pg_has_role(q.owner, 'USAGE') then
        begin
          kept_timeout := current_setting('lock_timeout');
          perform set_config('lock_timeout', '${lockTimeout}', true);
          -- Changes nothing, but takes the lock, so that the sequence cannot move between the read and the restart. It can
          -- still be read, as a dump does for hours.
          ${alter('increment by', 'q.step')}
          perform set_config('lock_timeout', kept_timeout, true);
          ${read}
          if steps > 0 then
            ${alter('restart with', 'target')}
            perform nextval(seq);
          elsif upcoming between q.least and q.most then
            ${alter('restart with', 'upcoming')}
          end if;
          how := 'locked';
        exception when others then
          is_busy := true;
        end;
      end if;
      if how is null then
        how := 'denied';
        begin
          if steps = 0 then
            how := 'drawn';
          elsif has_sequence_privilege(seq, 'USAGE, UPDATE')
            and steps <= (case when has_sequence_privilege(seq, 'UPDATE') then ${unlockedDrawLimit} else ${drawOnlyLimit} end) then
            for number in 1..steps::int8 loop
              drawn := nextval(seq);
              exit when (drawn - target) * q.step >= 0;
            end loop;
            how := 'drawn';
          elsif has_sequence_privilege(seq, 'UPDATE') then
            -- Only one import at a time does this; the report warns about other writers.
            perform pg_try_advisory_xact_lock(hashtextextended('lading sequence ' || seq::oid, 0));
            ${read}
            if steps > 0 then perform setval(seq, target); end if;
            how := 'set';
          end if;
        exception when others then
          how := 'denied';
        end;
      end if;
    end if;
    if how is not null then
      sequence_notes := sequence_notes
        || json_build_object('sequence', ${literal(sequence)}, 'how', how, 'busy', is_busy, 'cached', q.cached);
    end if;
  end if;`
}

/** Computes how many numbers must be drawn until the next one is past `wanted`, and the last of them. */
function readPosition(sequence: string): string {
  return `
    if has_sequence_privilege(seq, 'SELECT') then
      select last_value, is_called into last_number, was_called from ${sequence};
    elsif has_sequence_privilege(seq, 'USAGE') then
      last_number := pg_sequence_last_value(seq);
      was_called := last_number is not null;
      last_number := coalesce(last_number, q.start);
    elsif has_sequence_privilege(seq, 'UPDATE') then
      last_number := nextval(seq);
      was_called := true;
    else
      last_number := null;
    end if;
    upcoming := last_number + case when was_called then q.step else 0 end;
    steps := case when (wanted - upcoming) * q.step >= 0 then div(wanted - upcoming, q.step) + 1 else 0 end;
    target := case when steps > 0 then upcoming + (steps - 1) * q.step end;`
}

/** Stores the notes of a block in a setting of the transaction, because a block has no result. */
export const keepNotes = `perform set_config('lading.sequences', to_json(sequence_notes)::text, true);`

/** Reads the notes in the column `lading_sequences`. */
export const notesColumn = `current_setting('lading.sequences', true) as lading_sequences`

/** True if the sequence could generate a number that is among the values. @param values as for `advanceSql` */
export function isBehindSql(sequence: string, values: string): string {
  const name = `to_regclass(${literal(sequence)})`
  const upcoming = `case when has_sequence_privilege(seqrelid, 'SELECT, USAGE')
    then coalesce(pg_sequence_last_value(seqrelid) + seqincrement::numeric, seqstart) else seqmin end`
  return `exists (
    select from (${values}) given,
      (select seqincrement as step, seqmin, seqmax, ${upcoming} as upcoming from pg_sequence where seqrelid = ${name}) q
    where v between q.seqmin and q.seqmax and (v - q.upcoming) * q.step >= 0)`
}
