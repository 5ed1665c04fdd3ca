-- Where the file of an import is fetched from, until it has been.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

create table if not exists lading.remote_sources (
  job_id uuid primary key references lading.jobs (id) on delete cascade,
  url text not null
);

comment on table lading.remote_sources is
  'URLs may hold secrets: they are read by the worker that fetches the file, and deleted with its arrival.';

-- The format as it was known when the job was submitted, which a repeated request is answered with.
alter table lading.jobs add column if not exists submitted_format text;

insert into lading.migrations (name) values ('lading/010_remote_sources')
on conflict do nothing;

commit;
