-- What a job tells of records that it did not reach or could not judge, and record errors found by code and field.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.jobs
  add column if not exists unprocessed bigint,
  add column if not exists not_judged jsonb not null default '[]',
  add column if not exists bytes_read bigint not null default 0,
  add column if not exists error_counts jsonb;

comment on column lading.jobs.unprocessed is 'Records behind the place where it stopped, or taken back; null where it did not stop early or nobody knows.';
comment on column lading.jobs.not_judged is 'What a dry run could not judge.';
comment on column lading.jobs.bytes_read is 'Of the stored source, which may be compressed; checkpoint_byte counts decoded bytes.';
comment on column lading.jobs.error_counts is 'Broken rules as [code, field or "", count], so that no page of a filtered list has to count.';

alter table lading.record_errors
  add column if not exists of_code bigint,
  add column if not exists of_field bigint,
  add column if not exists of_both bigint;

comment on column lading.record_errors.of_code is 'Gapless from 1 among the errors of the job with this code, so that a page by code is a range of keys.';
comment on column lading.record_errors.of_field is 'The same among the errors of this field.';
comment on column lading.record_errors.of_both is 'The same among the errors with this code of this field.';

update lading.record_errors e
set of_code = ranked.of_code, of_field = ranked.of_field, of_both = ranked.of_both
from (
  select job_id, number,
    row_number() over (partition by job_id, code order by number) as of_code,
    row_number() over (partition by job_id, coalesce(field_name, '') order by number) as of_field,
    row_number() over (partition by job_id, code, coalesce(field_name, '') order by number) as of_both
  from lading.record_errors
) ranked
where e.of_both is null and ranked.job_id = e.job_id and ranked.number = e.number;

update lading.jobs j
set error_counts = coalesce((
  select jsonb_agg(jsonb_build_array(code, field, count) order by code, field)
  from (
    select code, coalesce(field_name, '') as field, count(*) as count
    from lading.record_errors where job_id = j.id group by 1, 2
  ) counted
), '[]')
where error_counts is null;

alter table lading.jobs
  alter column error_counts set default '[]',
  alter column error_counts set not null;

create index if not exists record_errors_code_idx on lading.record_errors (job_id, code, of_code);
create index if not exists record_errors_field_idx
  on lading.record_errors (job_id, coalesce(field_name, ''), of_field);
create index if not exists record_errors_both_idx
  on lading.record_errors (job_id, code, coalesce(field_name, ''), of_both);

insert into lading.migrations (name) values ('lading/004_giving_back')
on conflict do nothing;

commit;
