-- How much of a file has come that a job fetches from a URL.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.jobs add column if not exists fetched_bytes bigint;

comment on column lading.jobs.fetched_bytes is 'Of the file at a URL, written once a second while it comes; null for an upload.';

insert into lading.migrations (name) values ('lading/013_fetched_bytes')
on conflict do nothing;

commit;
