-- The schema that belongs to Lading, and its record of applied migrations.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

create schema if not exists lading;

create table if not exists lading.migrations (
  name text primary key,
  applied_at timestamptz not null default now()
);

comment on schema lading is 'Bulk import and export: jobs and what belongs to them.';
comment on table lading.migrations is 'Migrations that were applied, by folder and file name.';

insert into lading.migrations (name) values ('lading/001_initial_schema')
on conflict do nothing;

commit;
