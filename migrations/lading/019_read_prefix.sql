-- What an import has read of its stored file, so that a later attempt reads the same bytes or says that it cannot.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.jobs
  add column if not exists read_sha256 text;

comment on column lading.jobs.read_sha256 is 'SHA-256 of the first bytes_read bytes of the stored source, as the last batch found them.';

insert into lading.migrations (name) values ('lading/019_read_prefix')
on conflict do nothing;

commit;
